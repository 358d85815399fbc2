#include "base/sha.h"
#include "tenancy/tests/support/desk.h"

namespace berth::tenancy::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

class CredentialsTest : public DeskTest {
 protected:
  void SetUp() override {
    desk.workspace("retail", "alice");
    desk.workspace("lab", "bob");
    shop = fmt::format("/api/v1/namespaces/{}/credentials", desk.name_space("shop", "retail"));
    bench = fmt::format("/api/v1/namespaces/{}/credentials", desk.name_space("bench", "lab"));
  }
  std::string shop, bench;
};
INSTANTIATE_TEST_SUITE_P(, CredentialsTest, db::testing::both(), db::testing::name);

TEST_P(CredentialsTest, the_secret_is_shown_once_and_kept_as_its_hash) {
  const auto made = desk.post("alice", shop, json::object{});
  ASSERT_EQ(made.status, 201);
  EXPECT_THAT(made.text("username"), MatchesRegex("ns\\+c1\\+shop\\+[0-9a-f]{4}"));
  EXPECT_THAT(made.text("password"), HasSubstr("berth_ns_"));
  EXPECT_EQ(made.header("Cache-Control"), "no-store");
  EXPECT_THAT(json::serialize(desk.get("alice", shop).body), Not(HasSubstr("berth_ns_")));

  const auto now = desk.snapshot();
  const auto* owner = now->namespace_by_credential.find(made.text("username"));
  ASSERT_TRUE(owner) << "the next pull finds it";
  EXPECT_EQ(now->namespaces.find(*owner)->credentials.front().secret_hash, sha256_hex(made.text("password")));
  for (const auto& line : desk.audit("namespace_credential")) {
    EXPECT_THAT(line, Not(HasSubstr(made.text("password"))));
    EXPECT_THAT(line, Not(HasSubstr(sha256_hex(made.text("password")))));
  }
}

TEST_P(CredentialsTest, several_at_once_for_rotation_without_a_gap) {
  const auto old = desk.post("alice", shop, json::object{});
  const auto fresh = desk.post("alice", shop, {{"expires_at", "2030-01-01T00:00:00Z"}});
  EXPECT_NE(old.text("username"), fresh.text("username"));
  EXPECT_EQ(fresh.text("expires_at"), "2030-01-01T00:00:00.000Z");
  EXPECT_THAT(desk.get("alice", shop).items("username"), ElementsAre(old.text("username"), fresh.text("username")));
  EXPECT_EQ(desk.remove("alice", fmt::format("{}/{}", shop, old.id())).status, 204);
  EXPECT_THAT(desk.get("alice", shop).items("username"), ElementsAre(fresh.text("username")));
  EXPECT_FALSE(desk.snapshot()->namespace_by_credential.find(old.text("username")));
  EXPECT_THAT(
      desk.audit("namespace_credential"),
      ElementsAre(HasSubstr("namespace_credential.create c1/shop"), HasSubstr("namespace_credential.create c1/shop"),
                  HasSubstr("user:alice namespace_credential.delete c1/shop: " + old.text("username"))));
}

TEST_P(CredentialsTest, a_credential_under_the_wrong_namespace_is_not_found) {
  const auto made = desk.post("alice", shop, json::object{});
  EXPECT_EQ(desk.remove("root", fmt::format("{}/{}", bench, made.id())).status, 404);
  EXPECT_EQ(desk.remove("bob", fmt::format("{}/{}", bench, made.id())).status, 404);
  EXPECT_EQ(desk.remove("root", shop + "/x").status, 404);
  EXPECT_THAT(desk.get("alice", shop).items("username"), ElementsAre(made.text("username")));
}

TEST_P(CredentialsTest, is_the_business_of_the_claiming_workspaces_admins) {
  desk.member("retail", "eddie", "editor");
  EXPECT_EQ(desk.post("eddie", shop, json::object{}).status, 403);
  EXPECT_EQ(desk.get("eddie", shop).status, 403);
  EXPECT_EQ(desk.post("bob", shop, json::object{}).status, 404);
  EXPECT_EQ(desk.get("otto", shop).status, 403);
  EXPECT_EQ(desk.count("namespace_credentials"), 0);
}

TEST_P(CredentialsTest, is_made_with_a_token_only_where_that_pulls_as_much) {
  desk.read_token("alice", R"({"api":"write","spaces":[{"space":1,"verbs":["pull"]},{"verbs":["push"]}]})");
  desk.read_token("root", R"({"api":"write","spaces":[{"verbs":["pull"]}]})");
  const auto refused = desk.post("reader:alice", shop, json::object{});
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.text("detail"), HasSubstr("cannot grant more"));
  EXPECT_EQ(desk.post("reader:root", shop, json::object{}).status, 201);
  EXPECT_EQ(desk.count("namespace_credentials"), 1);
}

TEST_P(CredentialsTest, outlives_the_binding_and_then_pulls_what_is_public) {
  desk.berth_space("open", {{"public", true}});
  desk.berth_space("base");
  desk.bind("base", "retail");
  const auto made = desk.post("alice", shop, json::object{});
  const auto pulls = [&](const char* space) {
    const auto now = desk.snapshot();
    const auto name = *now->namespace_by_credential.find(made.text("username"));
    const access::Subject who{.who = access::NamespaceSubject{name, CredentialId(made.id())}, .scope = {}};
    const auto* id = now->space_by_name.find(access::space_key(now->embedded, SpaceName::trusted(space)));
    return access::Decider(*now, desk.clock().now()).may(who, access::Action::kPull, access::SpaceTarget{*id, {}});
  };
  EXPECT_TRUE(pulls("base"));
  const auto binding = shop.substr(0, shop.rfind('/')) + "/binding";
  ASSERT_EQ(desk.remove("alice", binding).status, 204);
  EXPECT_FALSE(pulls("base")) << "at the next request";
  EXPECT_TRUE(pulls("open"));
  ASSERT_EQ(desk.put("alice", binding).status, 200);
  EXPECT_TRUE(pulls("base")) << "the same credential";
}

TEST_P(CredentialsTest, refuses_the_past_and_more_than_twenty) {
  EXPECT_EQ(desk.post("alice", shop, {{"expires_at", "2020-01-01T00:00:00Z"}}).status, 400);
  EXPECT_EQ(desk.post("alice", shop, {{"expires_at", "soon"}, {"name", "x"}}).subjects().size(), 2U);
  for (int i = 0; i < 20; ++i) ASSERT_EQ(desk.post("alice", shop, json::object{}).status, 201);
  EXPECT_EQ(desk.post("alice", shop, json::object{}).status, 409);
}

TEST_P(CredentialsTest, goes_with_its_namespace) {
  const auto made = desk.post("alice", shop, json::object{});
  ASSERT_EQ(desk.remove("root", shop.substr(0, shop.rfind('/'))).status, 204);
  EXPECT_FALSE(desk.snapshot()->namespace_by_credential.find(made.text("username")));
  EXPECT_EQ(desk.count("namespace_credentials"), 0);
}

TEST_P(CredentialsTest, the_longest_names_still_make_a_login) {
  const std::string longest(63, 'a');
  ASSERT_EQ(desk.post("root", "/api/v1/clusters", {{"name", longest}, {"uid", "u"}}).status, 201);
  const auto name = desk.post("root", "/api/v1/namespaces", {{"cluster", longest}, {"name", longest}, {"uid", "u"}});
  const auto made = desk.post("root", fmt::format("/api/v1/namespaces/{}/credentials", name.id()), json::object{});
  EXPECT_TRUE(LoginName::parse(made.text("username"))) << made.text("username");
}

}  // namespace
}  // namespace berth::tenancy::testing
