#include "cli/parser.h"

#include <set>

#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/reference.h"
#include "cli/tests/support/lines.h"

namespace berth::cli {
namespace {

Invocation parsed(const std::vector<std::string>& words) {
  auto result = parse(words, "0");
  auto* invocation = std::get_if<Invocation>(&result);
  EXPECT_TRUE(invocation) << fmt::format("{}: {}", fmt::join(words, " "), std::get<Printed>(result).text);
  return invocation ? *invocation : Invocation();
}

Printed printed(const std::vector<std::string>& words) {
  auto result = parse(words, "0");
  auto* text = std::get_if<Printed>(&result);
  EXPECT_TRUE(text) << fmt::format("{}", fmt::join(words, " "));
  return text ? *text : Printed();
}

TEST(Parser, TakesEveryCommandOfTheTable) {
  for (const auto& command : all_commands())
    EXPECT_EQ(parsed(testing::least(command)).command, &command) << usage_of(command);
}

TEST(Parser, RefusesEveryCommandWithAWordTooMany) {
  for (const auto& command : all_commands()) {
    auto words = testing::least(command);
    words.emplace_back("surplus");
    EXPECT_EQ(printed(words).status, kUsage) << usage_of(command);
  }
}

TEST(Parser, TakesOptionsOfEveryCommandAnywhere) {
  for (const auto& words : {std::vector<std::string>{"-o", "json", "workspace", "list", "--server", "http://x"},
                            std::vector<std::string>{"workspace", "-o", "json", "list", "--server=http://x"},
                            std::vector<std::string>{"workspace", "list", "--server", "http://x", "-o", "json"}}) {
    const auto invocation = parsed(words);
    EXPECT_EQ(invocation.globals.format, Format::kJson);
    EXPECT_EQ(invocation.globals.server, "http://x");
  }
}

TEST(Parser, TakesThingsThatAreNamedLikeCommands) {
  const auto invocation = parsed({"workspace", "create", "list"});
  EXPECT_EQ(invocation.command->verb, "create");
  EXPECT_EQ(invocation.value("WORKSPACE"), "list");
  EXPECT_EQ(parsed({"member", "set", "member", "workspace", "--role", "admin"}).value("MEMBER"), "workspace");
}

TEST(Parser, TakesWhatTheGreetingPrints) {
  EXPECT_EQ(parsed({"login", "http://127.0.0.1:5080", "--login", "admin"}).value("--login"), "admin");
  EXPECT_TRUE(parsed({"space", "create", "library", "--public"}).has("--public"));
  EXPECT_EQ(parsed({"binding", "create", "library", "team", "--access", "push"}).value("--access"), "push");
}

TEST(Parser, TakesSeveralGrants) {
  const auto invocation = parsed({"robot", "create", "--grant", "pull:base", "ci", "--grant", "push:apps"});
  EXPECT_EQ(invocation.value("ROBOT"), "ci");
  EXPECT_EQ(invocation.values.at("--grant"), (std::vector<std::string>{"pull:base", "push:apps"}));
}

TEST(Parser, KeepsTextAsItIs) {
  EXPECT_EQ(parsed({"workspace", "create", "w", "--description", "a, [b] {c} \"d\" -e"}).value("--description"),
            "a, [b] {c} \"d\" -e");
  EXPECT_TRUE(parsed({"workspace", "update", "w", "--description", ""}).has("--description"));
}

struct Wrong {
  std::string_view name;
  std::vector<std::string> words;
};
class WrongLines : public ::testing::TestWithParam<Wrong> {};
INSTANTIATE_TEST_SUITE_P(
    Each, WrongLines,
    ::testing::Values(Wrong{"unknown_noun", {"wrokspace", "list"}}, Wrong{"no_verb", {"workspace"}},
                      Wrong{"unknown_verb", {"workspace", "lits"}}, Wrong{"missing_name", {"workspace", "show"}},
                      Wrong{"unknown_option", {"workspace", "list", "--x"}},
                      Wrong{"missing_option", {"member", "set", "w", "alice"}},
                      Wrong{"no_such_role", {"member", "set", "w", "alice", "--role", "owner"}},
                      Wrong{"no_such_format", {"workspace", "list", "-o", "xml"}},
                      Wrong{"no_number", {"workspace", "list", "--limit", "many"}},
                      Wrong{"option_twice", {"space", "show", "a", "--server", "http://a", "--server", "http://b"}},
                      Wrong{"password_as_argument", {"login", "http://x", "--login", "a", "--password", "secret"}}),
    [](const auto& each) { return std::string(each.param.name); });
TEST_P(WrongLines, AreWrongUsage) {
  EXPECT_EQ(printed(GetParam().words).status, kUsage);
}

TEST(Parser, HelpsOnEveryNounAndCommand) {
  EXPECT_TRUE(printed({}).text.contains("workspace"));
  EXPECT_EQ(printed({"--version"}).text, "berth 0\n");
  for (const auto& noun : all_nouns())
    EXPECT_EQ(printed({std::string(noun.name), "--help"}).status, kDone) << noun.name;
  for (const auto& command : all_commands()) {
    auto words = std::vector<std::string>{std::string(command.noun)};
    if (!command.verb.empty()) words.emplace_back(command.verb);
    words.emplace_back("--help");
    const auto help = printed(words);
    EXPECT_EQ(help.status, kDone);
    EXPECT_TRUE(help.text.contains(command.summary)) << usage_of(command);
    for (const auto& input : command.inputs)
      EXPECT_TRUE(help.text.contains(input.name)) << usage_of(command) << input.name;
  }
}

TEST(Commands, StandOnceAndUnderANounThatIsKnown) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const auto& command : all_commands()) {
    EXPECT_TRUE(seen.emplace(command.noun, command.verb).second) << usage_of(command);
    const bool known = std::ranges::find(all_nouns(), command.noun, &Noun::name) != all_nouns().end();
    EXPECT_EQ(known, !command.verb.empty()) << usage_of(command);
    EXPECT_TRUE(command.run || command.path.contains("/")) << usage_of(command);
  }
}

TEST(Completion, KnowsEveryCommandAndNoHiddenOne) {
  const auto script = bash_completion();
  for (const auto& command : all_commands()) {
    const auto name =
        command.verb.empty() ? std::string(command.noun) : fmt::format("{} {}", command.noun, command.verb);
    EXPECT_EQ(script.contains(fmt::format("\" {}\" | \" {} \"*)", name, name)), !command.hidden) << name;
  }
}

TEST(Reference, HasASectionForEveryCommandThatIsNotHidden) {
  const auto page = cli_reference();
  for (const auto& command : all_commands())
    EXPECT_EQ(page.contains(fmt::format("\n### {}\n", usage_of(command))), !command.hidden) << usage_of(command);
}

}  // namespace
}  // namespace berth::cli
