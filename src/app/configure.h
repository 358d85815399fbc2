#pragma once

#include <string>
#include <vector>

#include "app/config.h"

namespace berth::app {

/// The configuration of this process: defaults, then --config FILE, then the environment, then the command line.
[[nodiscard]] Result<Config> configure(const std::vector<std::string>& arguments);

}  // namespace berth::app
