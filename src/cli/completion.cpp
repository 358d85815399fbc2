#include "cli/completion.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "cli/commands.h"
#include "cli/parser.h"

namespace berth::cli {
namespace {

constexpr std::string_view kHead = R"(# Completion of berth for bash: source <(berth completion bash)
_berth() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= part words=
  for part in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$part" in
      -*) ;;
      *) command="$command $part" ;;
    esac
  done
)";
constexpr std::string_view kTail = R"(  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _berth berth
)";

std::string name_of(const Command& command) {
  return command.verb.empty() ? fmt::format(" {}", command.noun) : fmt::format(" {} {}", command.noun, command.verb);
}

std::string spaced(std::string_view words) {
  std::string out(words);
  std::ranges::replace(out, '|', ' ');
  return out;
}

/// What may stand behind an option: `words` of its command.
std::string values_of(const Command& command) {
  std::string out;
  for (const auto& input : command.inputs) {
    const auto words = input.kind == Kind::kChoice ? input.words : input.kind == Kind::kSwitch ? "on|off" : "";
    if (!words.empty())
      out += fmt::format("    \"{}\"*\" {}\") words=\"{}\" ;;\n", name_of(command), input.name, spaced(words));
  }
  return out;
}

std::string options_of(const Command& command) {
  std::string out;
  for (const auto& input : command.inputs)
    if (!input.positional()) out += fmt::format(" {}", input.name);
  if (command.answer == Answer::kList) out += " --limit";
  for (const auto& option : global_options())
    out += " " + std::string(option.names.substr(option.names.rfind(',') + 1));
  return out + " --help";
}

std::string verbs_of(std::string_view noun) {
  std::string out;
  for (const auto& command : all_commands())
    if (command.noun == noun) out += fmt::format("{}{}", out.empty() ? "" : " ", command.verb);
  return out;
}

}  // namespace

std::string bash_completion() {
  std::string values, options, verbs, first = "serve backup restore fsck";
  for (const auto& command : all_commands()) {
    if (command.hidden) continue;
    values += values_of(command);
    options +=
        fmt::format("      \"{0}\" | \"{0} \"*) words=\"{1}\" ;;\n", name_of(command), options_of(command).substr(1));
    if (command.verb.empty()) first += fmt::format(" {}", command.noun);
  }
  for (const auto& noun : all_nouns()) {
    verbs += fmt::format("      \" {}\") words=\"{}\" ;;\n", noun.name, verbs_of(noun.name));
    first += fmt::format(" {}", noun.name);
  }
  std::string out(kHead);
  out += "  case \"$command $before\" in\n" + values;
  out += "    *\" -o\" | *\" --output\") words=\"table json\" ;;\n";
  out += "    *)\n      case \"$command\" in\n        \"\") words=\"" + first + "\" ;;\n";
  // Nouns stand before commands: " space" is the one, " space list" the other.
  out += verbs + options + "      esac ;;\n  esac\n";
  return out + std::string(kTail);
}

}  // namespace berth::cli
