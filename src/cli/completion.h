#pragma once

#include <string>

namespace berth::cli {

/// A script for bash that completes nouns, verbs, options and their words; made from the table of commands.
[[nodiscard]] std::string bash_completion();

}  // namespace berth::cli
