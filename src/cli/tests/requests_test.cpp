#include <array>
#include <cstdlib>
#include <regex>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/parser.h"
#include "cli/tests/support/fake_server.h"
#include "cli/tests/support/lines.h"

// What a row of the table says of its request is what is sent, also by a row with a function of its own.
namespace berth::cli {
namespace {

const char* const kAnyAnswer = R"({"items": [{"id": 1, "kind": "berth", "name": "berth"}]})";

std::string_view text_of(Method method) {
  constexpr std::array<std::string_view, 5> kTexts{"GET", "POST", "PUT", "PATCH", "DELETE"};
  return kTexts.at(static_cast<std::size_t>(method));
}

/// The method and path of a row, its placeholders open.
std::string pattern_of(const Command& command) {
  return fmt::format("{} {}", text_of(command.method),
                     std::regex_replace(std::string(command.path), std::regex(R"(\{[^}]*\})"), "[^/]+"));
}

/// Runs a command line; the last request that the server heard.
std::string sent_by(std::vector<std::string> words) {
  testing::FakeServer server(kAnyAnswer);
  words.insert(words.end(), {"--server", server.url(), "-o", "json"});
  const auto result = parse(words, "0");
  const auto* invocation = std::get_if<Invocation>(&result);
  if (!invocation) return "wrong usage: " + std::get<Printed>(result).text;
  Context context{.invocation = *invocation, .version = "0", .now = Time(), .server = {}, .login_ends = {}};
  const auto& command = *invocation->command;
  const auto done = command.run ? command.run(context) : perform(context);
  return done ? server.last_request() : "failed: " + done.error().message;
}

class SentRequests : public ::testing::Test {
 protected:
  void SetUp() override {
    ::setenv("BERTH_TOKEN", "secret", 1);
    ::setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
  }
  void TearDown() override {
    ::unsetenv("BERTH_TOKEN");
    ::unsetenv("XDG_CONFIG_HOME");
  }
};

TEST_F(SentRequests, AreThoseThatTheTableNames) {
  for (const auto& command : all_commands())
    if (command.run && !command.path.empty()) {
      EXPECT_THAT(sent_by(testing::least(command)), ::testing::MatchesRegex(pattern_of(command))) << usage_of(command);
    }
}

TEST_F(SentRequests, OfASwitchNeedNoOption) {
  for (const auto& command : all_commands())
    if (command.sets) {
      EXPECT_THAT(sent_by(testing::least(command)), ::testing::MatchesRegex(pattern_of(command))) << usage_of(command);
    }
}

TEST_F(SentRequests, OfAnOptionThatAsksForAnotherGoElsewhere) {
  EXPECT_EQ(sent_by({"registry", "publish", "berth", "--preview"}), "POST /api/v1/registries/berth/publicity-preview");
  EXPECT_EQ(sent_by({"push-commands", "apps", "--temporary-login"}),
            "POST /api/v1/registries/berth/spaces/apps/temporary-login");
}

}  // namespace
}  // namespace berth::cli
