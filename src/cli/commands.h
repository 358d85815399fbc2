#pragma once

#include <span>
#include <vector>

#include "cli/command.h"

namespace berth::cli {

/// Every command, in the order of help and documentation. Made once; lives as long as the process.
[[nodiscard]] const std::vector<Command>& all_commands();
/// The nouns that have verbs, and what they are.
[[nodiscard]] const std::vector<Noun>& all_nouns();

// One each per file.
[[nodiscard]] std::vector<Command> session_commands();
[[nodiscard]] std::vector<Command> workspace_commands();
[[nodiscard]] std::vector<Command> cluster_commands();
[[nodiscard]] std::vector<Command> people_commands();
[[nodiscard]] std::vector<Command> machine_commands();
[[nodiscard]] std::vector<Command> registry_commands();
[[nodiscard]] std::vector<Command> image_commands();
[[nodiscard]] std::vector<Command> collection_commands();
[[nodiscard]] std::vector<Command> platform_commands();

}  // namespace berth::cli
