#pragma once

#include <optional>
#include <string>
#include <vector>

namespace berth::app {

/// `berth backup DIRECTORY`, `berth restore DIRECTORY`, `berth fsck`: for who runs the server, on its machine, with its
/// settings. Each takes the settings of `berth serve` behind its own words. Gives the exit status (docs/cli.md);
/// nullopt: the words are none of these commands.
[[nodiscard]] std::optional<int> run_operator_command(const std::vector<std::string>& arguments);

}  // namespace berth::app
