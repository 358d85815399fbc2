#include "cli/tests/support/lines.h"

namespace berth::cli::testing {

std::vector<std::string> least(const Command& command) {
  std::vector<std::string> words{std::string(command.noun)};
  if (!command.verb.empty()) words.emplace_back(command.verb);
  for (const auto& input : command.inputs) {
    const auto value = std::string(input.words.substr(0, input.words.find('|')));
    if (!input.positional() && input.required) words.emplace_back(input.name);
    if (input.positional() || input.required) words.push_back(input.kind == Kind::kChoice ? value : "x");
  }
  return words;
}

}  // namespace berth::cli::testing
