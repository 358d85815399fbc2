#pragma once

#include <string>
#include <string_view>

#include "cli/outcome.h"

/// Passwords come from the terminal without being shown, or from stdin: never from the command line, which every
/// process on the machine can read.
namespace berth::cli {

/// Asks on the controlling terminal. kUsage when there is none, or when the person gives up (^C, ^D).
[[nodiscard]] Outcome<std::string> ask_on_terminal(std::string_view prompt);

/// The next line of stdin, without its end. kUsage when stdin has ended.
[[nodiscard]] Outcome<std::string> read_from_stdin();

}  // namespace berth::cli
