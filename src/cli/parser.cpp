#include "cli/parser.h"

// The only translation unit that includes it: it is heavy.
#include <CLI/CLI.hpp>

#include "cli/commands.h"

namespace berth::cli {
namespace {

constexpr std::array<GlobalOption, 4> kGlobals{{
    {"--server", "URL", "the server to talk to, if not the one of the latest login [BERTH_SERVER]"},
    {"-o,--output", "table|json", "how to print the answer"},
    {"--ca-file", "FILE", "the authority whose certificates to trust, instead of the system's [BERTH_CA_FILE]"},
    {"--timeout", "SECONDS", "how long one request may take, 60"},
}};
constexpr std::string_view kLimitHelp = "at most so many";

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const auto& word : CLI::detail::split(std::string(text), '|')) words.push_back(word);
  return words;
}

/// Hands what CLI11 has read to an Invocation.
class Line {
 public:
  Line() : app_("Berth: a container image registry with workspaces.", "berth") {}

  std::variant<Invocation, Printed> read(std::vector<std::string> arguments, std::string_view version) {
    app_.set_version_flag("--version", "berth " + std::string(version));
    app_.fallthrough();
    app_.require_subcommand(1);
    app_.failure_message(CLI::FailureMessage::simple);
    app_.footer(
        "berth serve starts a server; berth serve --help lists its settings.\n"
        "berth backup, restore and fsck work on its data directory; each explains itself with --help.");
    add_globals();
    for (const auto& noun : all_nouns()) add_noun(noun);
    for (const auto& command : all_commands()) add_command(command);
    std::ranges::reverse(arguments);  // CLI11 takes the last first
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
      std::ostringstream out, err;
      const bool wrong = app_.exit(error, out, err) != 0;
      return Printed{wrong ? kUsage : kDone, wrong ? "berth: " + err.str() : out.str()};
    }
    return std::move(invocation_);
  }

 private:
  void add_globals() {
    auto& globals = invocation_.globals;
    app_.add_option("--server", globals.server, std::string(kGlobals[0].help))->type_name("URL");
    app_.add_option("-o,--output", format_, std::string(kGlobals[1].help))
        ->type_name("table|json")
        ->check(one_of("table|json"));
    app_.add_option("--ca-file", globals.ca_file, std::string(kGlobals[2].help))->type_name("FILE");
    app_.add_option("--timeout", globals.timeout_seconds, std::string(kGlobals[3].help))
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 3600));
  }

  void add_noun(const Noun& noun) {
    auto* app = app_.add_subcommand(std::string(noun.name), std::string(noun.summary));
    app->require_subcommand(1);
    nouns_[std::string(noun.name)] = app;
  }

  void add_command(const Command& command) {
    auto* parent = command.verb.empty() ? &app_ : nouns_.at(std::string(command.noun));
    auto* app = parent->add_subcommand(std::string(command.verb.empty() ? command.noun : command.verb),
                                       std::string(command.summary));
    if (command.hidden) app->group("");
    std::vector<std::pair<const Input*, CLI::Option*>> options;
    options.reserve(command.inputs.size());
    for (const auto& input : command.inputs) options.emplace_back(&input, add_input(*app, input));
    CLI::Option* limit = nullptr;
    if (command.answer == Answer::kList)
      limit = app->add_option("--limit", invocation_.limit, std::string(kLimitHelp))->check(CLI::PositiveNumber);
    app->final_callback([this, &command, options, limit] { take(command, options, limit); });
  }

  static CLI::Option* add_input(CLI::App& app, const Input& input) {
    const auto name = std::string(input.name);
    const auto help = std::string(input.help);
    if (!input.takes_value()) return app.add_flag(name, help);
    auto* option = app.add_option(name, help)->expected(1);
    option->type_name(input.kind == Kind::kChoice ? std::string(input.words) : input.positional() ? "" : "TEXT");
    if (input.kind == Kind::kChoice) option->check(one_of(input.words));
    if (input.kind == Kind::kGrants) option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->expected(-1);
    if (input.kind == Kind::kGrants) option->allow_extra_args(false);
    if (input.required || input.positional()) option->required();
    return option;
  }

  static CLI::Validator one_of(std::string_view words) {
    auto check = CLI::IsMember(words_of(words));
    check.description("");
    return check;
  }

  void take(const Command& command, const std::vector<std::pair<const Input*, CLI::Option*>>& options,
            const CLI::Option* limit) {
    invocation_.command = &command;
    invocation_.globals.format = format_ == "json" ? Format::kJson : Format::kTable;
    if (!limit || limit->count() == 0) invocation_.limit = command.limit;
    for (const auto& [input, option] : options)
      if (option->count() > 0)
        invocation_.values[std::string(input->name)] =
            input->takes_value() ? option->results() : std::vector<std::string>{""};
  }

  CLI::App app_;
  std::map<std::string, CLI::App*> nouns_;
  std::string format_ = "table";
  Invocation invocation_;
};

}  // namespace

std::variant<Invocation, Printed> parse(std::vector<std::string> arguments, std::string_view version) {
  if (arguments.empty()) arguments.emplace_back("--help");
  return Line().read(std::move(arguments), version);
}

std::string option_text(const Input& input) {
  std::string name(input.name);
  switch (input.kind) {
    case Kind::kChoice:
      return name + " " + std::string(input.words);
    case Kind::kSwitch:
      return name + " on|off";
    case Kind::kSize:
      return name + " SIZE";
    case Kind::kExpiry:
      return name + " WHEN";
    case Kind::kNumber:
    case Kind::kVersion:
      return name + " NUMBER";
    case Kind::kGrants:
      return name + " GRANT";
    case Kind::kFlag:
    case Kind::kPassword:
      return name;
    default:
      return name + " TEXT";
  }
}

std::string usage_of(const Command& command) {
  std::string usage = "berth " + std::string(command.noun);
  if (!command.verb.empty()) usage += " " + std::string(command.verb);
  for (const auto& input : command.inputs)
    if (input.positional()) usage += " " + std::string(input.name);
  for (const auto& input : command.inputs)
    if (!input.positional() && input.required) usage += " " + option_text(input);
  return usage;
}

std::span<const GlobalOption> global_options() {
  return kGlobals;
}

}  // namespace berth::cli
