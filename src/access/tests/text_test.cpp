#include "access/text.h"

#include "access/grants_json.h"

namespace berth::access {
namespace {

using namespace std::string_view_literals;

TEST(SubjectTextTest, reads_what_it_writes) {
  const Subject subjects[] = {
      {},
      {.who = UserSubject{UserId(12), std::nullopt}, .scope = {}},
      {.who = UserSubject{UserId(12), AccessTokenId(5)}, .scope = {}},
      {.who = RobotSubject{RobotId(7)}, .scope = {}},
      {.who = NamespaceSubject{NamespaceId(3), CredentialId(9)}, .scope = {}},
  };
  const std::string_view texts[] = {"anonymous", "user:12", "token:12:5", "robot:7", "namespace:3:9"};
  for (std::size_t i = 0; i < std::size(subjects); ++i) {
    EXPECT_EQ(to_text(subjects[i]), texts[i]);
    const auto parsed = parse_subject(texts[i]);
    ASSERT_TRUE(parsed) << texts[i];
    EXPECT_EQ(parsed->who, subjects[i].who) << texts[i];
  }
}

TEST(SubjectTextTest, refuses_anything_else) {
  for (const std::string_view text :
       {"", "user", "user:", "user:0", "user:-1", "user:x", "user:1:2", "user:1 ", "user: 1", "user:1:", "token:1",
        "token:1:2:3", "robot:", "namespace:3", "admin:1", "Anonymous", "user:99999999999999999999"})
    EXPECT_FALSE(parse_subject(text)) << "'" << text << "'";
}

template <class Enum>
void expect_round_trip(std::initializer_list<Enum> all) {
  for (const auto value : all) EXPECT_EQ(parse<Enum>(to_text(value)).value(), value) << to_text(value);
  const auto wrong = parse<Enum>("nonsense");
  ASSERT_FALSE(wrong);
  for (const auto value : all) EXPECT_TRUE(wrong.error().message.contains(to_text(value))) << wrong.error().message;
}

TEST(TextTest, enums_read_what_they_write) {
  expect_round_trip({PlatformRole::kNone, PlatformRole::kAuditor, PlatformRole::kAdministrator});
  expect_round_trip({Role::kViewer, Role::kEditor, Role::kAdmin});
  expect_round_trip({Access::kPull, Access::kPush});
  expect_round_trip({RegistryKind::kBerth, RegistryKind::kHarbor, RegistryKind::kDocker});
  expect_round_trip({RegistryOrigin::kManaged, RegistryOrigin::kIntegrated, RegistryOrigin::kAssociated});
  expect_round_trip({ApiGrant::kNone, ApiGrant::kRead, ApiGrant::kWrite});
}

TEST(TextTest, every_action_has_a_name) {
  for (auto i = 0; i <= static_cast<int>(Action::kAdminister); ++i) {
    const auto action = static_cast<Action>(i);
    EXPECT_EQ(parse<Action>(to_text(action)).value(), action);
  }
}

TEST(GrantsJsonTest, reads_what_it_writes) {
  const Grants grants{.spaces = {{.space = SpaceId(12),
                                  .repository = RepositoryPath::trusted("app/web"),
                                  .verbs = {.pull = true, .push = true}},
                                 {.space = {}, .repository = {}, .verbs = {.remove = true}}},
                      .api = ApiGrant::kRead};
  EXPECT_EQ(
      to_json_text(grants),
      R"({"api":"read","spaces":[{"space":12,"repository":"app/web","verbs":["pull","push"]},{"verbs":["delete"]}]})");
  EXPECT_EQ(parse_grants(to_json_text(grants)).value(), grants);
  EXPECT_EQ(parse_grants("{}"sv).value(), Grants{});
}

struct Case {
  std::string_view name, document, mistake;
};

constexpr Case kCases[] = {
    {"not_an_object", R"([])", "must be an object"},
    {"unknown_member", R"({"apis":"read"})", "unknown member 'apis'"},
    {"api_of_another_kind", R"({"api":true})", "api: "},
    {"api_unknown", R"({"api":"admin"})", "api: "},
    {"spaces_no_list", R"({"spaces":{}})", "spaces: must be a list"},
    {"entry_no_object", R"({"spaces":[1]})", "spaces[0]: must be an object"},
    {"entry_unknown_member", R"({"spaces":[{"verb":"pull","verbs":["pull"]}]})", "spaces[0]: unknown member 'verb'"},
    {"space_a_name", R"({"spaces":[{"space":"base","verbs":["pull"]}]})", "spaces[0].space: "},
    {"space_zero", R"({"spaces":[{"space":0,"verbs":["pull"]}]})", "spaces[0].space: "},
    {"repository_grammar", R"({"spaces":[{"space":1,"repository":"A","verbs":["pull"]}]})", "spaces[0].repository: "},
    {"repository_without_space", R"({"spaces":[{"repository":"web","verbs":["pull"]}]})",
     "spaces[0]: a repository needs"},
    {"no_verbs", R"({"spaces":[{"space":1}]})", "spaces[0].verbs: "},
    {"empty_verbs", R"({"spaces":[{"space":1,"verbs":[]}]})", "spaces[0].verbs: "},
    {"unknown_verb", R"({"spaces":[{"space":1,"verbs":["pull","fetch"]}]})", "spaces[0].verbs: "},
};

class GrantsMistake : public ::testing::TestWithParam<Case> {};

TEST_P(GrantsMistake, is_named) {
  const auto parsed = parse_grants(GetParam().document);
  ASSERT_FALSE(parsed);
  ASSERT_EQ(parsed.error().subjects.size(), 1U);
  EXPECT_TRUE(parsed.error().subjects[0].starts_with(GetParam().mistake)) << parsed.error().subjects[0];
}

INSTANTIATE_TEST_SUITE_P(, GrantsMistake, ::testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(GrantsJsonTest, names_all_mistakes_at_once) {
  const auto parsed = parse_grants(R"({"api":"x","spaces":[{"space":-1,"verbs":["pull"]},{"verbs":[]}]})"sv);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().subjects.size(), 3U);
}

}  // namespace
}  // namespace berth::access
