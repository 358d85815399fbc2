#pragma once

#include <string>

namespace berth::cli {

/// docs/cli.md: how to log in, exit statuses, and every command with its inputs, from the table of commands.
[[nodiscard]] std::string cli_reference();

}  // namespace berth::cli
