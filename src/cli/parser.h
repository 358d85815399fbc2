#pragma once

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "cli/command.h"

namespace berth::cli {

/// Text for the terminal instead of a command: help on stdout (kDone), or what is wrong with the line on stderr
/// (kUsage).
struct Printed {
  Status status = kDone;
  std::string text;
};

/// Reads a command line by the table. Options of every command (--server, -o, …) stand anywhere behind `berth`.
[[nodiscard]] std::variant<Invocation, Printed> parse(std::vector<std::string> arguments, std::string_view version);

/// "berth member set WORKSPACE MEMBER --role admin|editor|viewer": for help, documentation and messages.
[[nodiscard]] std::string usage_of(const Command& command);
/// "--access pull|push", "--quota SIZE", "--public".
[[nodiscard]] std::string option_text(const Input& input);

/// The options that every command has; the names of those are "-o,--output" and so on.
struct GlobalOption {
  std::string_view names;
  std::string_view value;
  std::string_view help;
};
[[nodiscard]] std::span<const GlobalOption> global_options();

}  // namespace berth::cli
