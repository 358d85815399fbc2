#include "tenancy/tests/support/desk.h"

namespace berth::tenancy::testing {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

struct ReferenceCase {
  std::string_view name;
  std::string text;
  bool valid;
  std::string_view host;
};
class ImageReferenceTest : public ::testing::TestWithParam<ReferenceCase> {};
TEST_P(ImageReferenceTest, is_read_as_docker_reads_it) {
  const auto& [name, text, valid, host] = GetParam();
  const auto parsed = ImageReference::parse(text);
  ASSERT_EQ(parsed.has_value(), valid) << text;
  if (parsed) EXPECT_EQ(parsed->possible_host(), host);
}
INSTANTIATE_TEST_SUITE_P(
    , ImageReferenceTest,
    ::testing::Values(ReferenceCase{"plain", "shop/web", true, ""}, ReferenceCase{"tag", "shop/web:1.2", true, ""},
                      ReferenceCase{"digest", "shop/web@sha256:" + std::string(64, 'a'), true, ""},
                      ReferenceCase{"tag_and_digest", "shop/web:1@sha256:" + std::string(64, 'a'), true, ""},
                      ReferenceCase{"host", "berth.example/shop/web:1", true, "berth.example"},
                      ReferenceCase{"host_with_port", "berth:5000/shop/web", true, "berth:5000"},
                      ReferenceCase{"localhost", "localhost/shop/web", true, "localhost"},
                      ReferenceCase{"deep", "shop/team/web", true, ""}, ReferenceCase{"one_part", "web", false, ""},
                      ReferenceCase{"empty", "", false, ""}, ReferenceCase{"upper_case", "Shop/web", false, ""},
                      ReferenceCase{"bad_tag", "shop/web:a b", false, ""},
                      ReferenceCase{"bad_digest", "shop/web@sha256:12", false, ""},
                      ReferenceCase{"host_with_port_alone", "berth:5000/web", false, ""},
                      ReferenceCase{"scheme", "https://berth/shop/web", false, ""}),
    [](const auto& info) { return std::string(info.param.name); });

class ExplainTest : public DeskTest {
 protected:
  void SetUp() override {
    desk.workspace("retail", "alice");
    desk.workspace("lab", "bob");
    shop = desk.name_space("shop", "retail");
    desk.name_space("bench", "lab");
    for (const auto* id : {"1", "2"})
      EXPECT_EQ(desk.post("root", fmt::format("/api/v1/namespaces/{}/credentials", id), json::object{}).status, 201);
    desk.berth_space("base");
    desk.berth_space("vault");
    desk.berth_space("open", {{"public", true}});
    desk.bind("base", "retail");
    desk.robot("robot+retail+ci", "retail");
    desk.robot("robot+lab+ci", "lab");
    desk.registry("team", "retail", "https://team.example");
    desk.space("team", "secret");
  }
  Answer explain(std::string_view who, std::string_view subject, std::string_view image,
                 std::string_view action = "pull") {
    std::string encoded;
    for (const char c : subject) encoded += c == '+' ? std::string("%2B") : std::string(1, c);
    return desk.get(who, fmt::format("/api/v1/explain?subject={}&action={}&image={}", encoded, action, image));
  }
  static bool allowed(const Answer& answer) { return answer.status == 200 && answer.body.at("allowed").as_bool(); }
  static std::vector<std::string> steps(const Answer& answer) {
    std::vector<std::string> texts;
    for (const auto& step : answer.body.at("steps").as_array()) texts.emplace_back(step.at("text").as_string());
    return texts;
  }
  std::int64_t shop = 0;
};
INSTANTIATE_TEST_SUITE_P(, ExplainTest, db::testing::both(), db::testing::name);

TEST_P(ExplainTest, administrators_and_auditors_read_the_whole_trace_about_everybody) {
  for (const auto* who : {"root", "otto"}) {
    EXPECT_TRUE(allowed(explain(who, "namespace:c1/shop", "base/web:1"))) << who;
    const auto denied = explain(who, "namespace:c1/bench", "base/web");
    EXPECT_FALSE(allowed(denied));
    EXPECT_THAT(steps(denied), Contains("space berth/base is not bound to workspace lab")) << who;
    EXPECT_TRUE(allowed(explain(who, "anonymous", "open/web")));
    EXPECT_FALSE(allowed(explain(who, "anonymous", "base/web")));
    EXPECT_FALSE(allowed(explain(who, "user:bob", "vault/web")));
    EXPECT_TRUE(allowed(explain(who, "robot:robot+retail+ci", "base/web")));
    EXPECT_EQ(explain(who, "user:ghost", "base/web").status, 404);
  }
}

TEST_P(ExplainTest, the_answer_is_the_decision) {
  for (const auto* image : {"base/web", "vault/web", "open/web", "ghost/web"})
    for (const auto* subject : {"namespace:c1/shop", "namespace:c1/bench"}) {
      const auto answer = explain("root", subject, image);
      const auto space = std::string_view(image).substr(0, std::string_view(image).find('/'));
      const auto seen = desk.visible(std::string_view(subject).ends_with("shop") ? "retail" : "lab");
      EXPECT_EQ(allowed(answer), std::ranges::find(seen, fmt::format("berth/{}", space)) != seen.end())
          << subject << " " << image;
    }
}

TEST_P(ExplainTest, a_tenant_asks_about_itself_and_what_its_workspaces_have) {
  EXPECT_TRUE(allowed(explain("alice", "user:alice", "base/web")));
  EXPECT_TRUE(allowed(explain("alice", "namespace:c1/shop", "base/web")));
  EXPECT_TRUE(allowed(explain("alice", "robot:robot+retail+ci", "base/web")));
  for (const auto* foreign : {"user:bob", "user:ghost", "namespace:c1/bench", "namespace:c1/ghost",
                              "robot:robot+lab+ci", "robot:ghost", "anonymous"}) {
    const auto answer = explain("alice", foreign, "open/web");
    EXPECT_EQ(answer.status, 404) << foreign;
    EXPECT_EQ(answer.text("detail"), explain("alice", "user:ghost", "open/web").text("detail"))
        << foreign << ": one answer for all";
  }
}

TEST_P(ExplainTest, a_tenant_cannot_tell_what_is_hidden_from_what_is_not_there) {
  desk.repository("vault", "web", "lab");
  for (const auto* subject : {"user:bob", "namespace:c1/bench", "robot:robot+lab+ci"})
    for (const auto* action : {"pull", "push", "see", "delete", "manage"}) {
      auto hidden = explain("bob", subject, "vault/web", action);
      auto absent = explain("bob", subject, "ghost/web", action);
      EXPECT_EQ(hidden.body.at("steps"), absent.body.at("steps")) << subject << " " << action;
      EXPECT_EQ(hidden.body.at("allowed"), absent.body.at("allowed")) << subject << " " << action;
    }
  const auto told = explain("bob", "user:bob", "base/web");
  EXPECT_THAT(steps(told), Contains(std::string(access::kNotAllotted)));
  EXPECT_THAT(steps(told), Each(Not(HasSubstr("retail"))));
  EXPECT_THAT(steps(told), Each(Not(HasSubstr("berth/base"))));
}

TEST_P(ExplainTest, a_workspaces_own_registry_is_explained_to_its_members_alone) {
  const auto* image = "team.example/secret/web";
  EXPECT_TRUE(allowed(explain("alice", "namespace:c1/shop", image)));
  EXPECT_THAT(steps(explain("alice", "namespace:c1/shop", image)), Contains(HasSubstr("team/secret")));
  for (const auto* who : {"root", "otto"}) {
    const auto hidden = explain(who, "namespace:c1/shop", image);
    EXPECT_FALSE(allowed(hidden)) << who;
    EXPECT_THAT(steps(hidden), Each(Not(HasSubstr("secret"))));
    EXPECT_EQ(hidden.body.at("steps"), explain(who, "namespace:c1/shop", "team.example/ghost/web").body.at("steps"))
        << who;
  }
  EXPECT_EQ(explain("bob", "user:bob", image).body.at("steps"),
            explain("bob", "user:bob", "none.example/secret/web").body.at("steps"));
}

TEST_P(ExplainTest, a_host_means_this_server_or_a_registry_that_the_asker_sees) {
  EXPECT_TRUE(allowed(explain("alice", "user:alice", "berth.example/base/web:1")));
  EXPECT_FALSE(allowed(explain("alice", "user:alice", "elsewhere.example/base/web")));
  desk.berth_space("shop.io", {{"public", true}});
  EXPECT_TRUE(allowed(explain("alice", "user:alice", "shop.io/web"))) << "a space's name may have a dot";
  EXPECT_TRUE(allowed(explain("alice", "user:alice", "berth.example/shop.io/web")));
}

TEST_P(ExplainTest, push_looks_at_the_repositorys_home) {
  desk.bind("base", "retail", "push");
  desk.bind("base", "lab", "push");
  desk.repository("base", "web", "lab");
  EXPECT_FALSE(allowed(explain("alice", "user:alice", "base/web", "push")));
  EXPECT_TRUE(allowed(explain("alice", "user:alice", "base/new", "push")));
  EXPECT_TRUE(allowed(explain("bob", "user:bob", "base/web", "push")));
  EXPECT_THAT(steps(explain("alice", "user:alice", "base/web", "push")), Each(Not(HasSubstr("lab"))));
}

TEST_P(ExplainTest, a_namespace_without_a_good_credential_is_told_so) {
  const auto credential = desk.get("root", fmt::format("/api/v1/namespaces/{}/credentials", shop))
                              .body.at("items")
                              .at(0)
                              .at("id")
                              .as_int64();
  ASSERT_EQ(desk.remove("root", fmt::format("/api/v1/namespaces/{}/credentials/{}", shop, credential)).status, 204);
  const auto answer = explain("root", "namespace:c1/shop", "base/web");
  EXPECT_FALSE(allowed(answer));
  EXPECT_THAT(steps(answer), Contains(HasSubstr("credential")));
}

TEST_P(ExplainTest, a_question_is_told_all_its_errors) {
  const auto answer = desk.get("alice", "/api/v1/explain?subject=alice&action=fly&image=Web");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.subjects().size(), 3U);
  EXPECT_EQ(desk.get("", "/api/v1/explain?subject=anonymous&image=open/web").status, 401);
}

}  // namespace
}  // namespace berth::tenancy::testing
