#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace berth::cli::testing {

/// A line that gives every positional and every required option of the command.
std::vector<std::string> least(const Command& command);

}  // namespace berth::cli::testing
