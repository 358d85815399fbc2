#include "tenancy/tests/support/desk.h"

namespace berth::tenancy::testing {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class SettingsTest : public DeskTest {};
INSTANTIATE_TEST_SUITE_P(, SettingsTest, db::testing::both(), db::testing::name);

TEST_P(SettingsTest, anonymous_pull_is_on_until_it_is_turned_off) {
  const auto before = desk.get("root", "/api/v1/settings");
  EXPECT_TRUE(before.body.at("anonymous_pull").as_bool());
  const auto off = desk.patch("root", "/api/v1/settings", {{"anonymous_pull", false}}, before.header("ETag"));
  EXPECT_EQ(off.status, 200);
  EXPECT_FALSE(desk.snapshot()->anonymous_pull) << "at the next pull";
  EXPECT_FALSE(desk.loaded()->anonymous_pull) << "and after a restart";
  EXPECT_EQ(desk.patch("root", "/api/v1/settings", {{"anonymous_pull", true}}, before.header("ETag")).status, 412);
  EXPECT_EQ(desk.patch("root", "/api/v1/settings", {{"anonymous_pull", true}}, off.header("ETag")).status, 200);
  EXPECT_TRUE(desk.snapshot()->anonymous_pull);
  EXPECT_THAT(desk.audit("settings"),
              ElementsAre("user:root settings.update platform: {\"anonymous_pull\":true} -> {\"anonymous_pull\":false}",
                          HasSubstr("-> {\"anonymous_pull\":true}")));
}

TEST_P(SettingsTest, are_the_administrators) {
  desk.workspace("retail", "alice");
  for (const auto* who : {"alice", "otto"}) {
    EXPECT_EQ(desk.get(who, "/api/v1/settings").status, 403) << who;
    EXPECT_EQ(desk.patch(who, "/api/v1/settings", {{"anonymous_pull", false}}).status, 403) << who;
  }
  EXPECT_EQ(desk.patch("root", "/api/v1/settings", {{"anonymous_pull", "off"}, {"theme", 1}}).subjects().size(), 2U);
}

class AuditTest : public DeskTest {
 protected:
  void SetUp() override {
    desk.workspace("retail", "alice");
    desk.workspace("lab", "bob");
    desk.berth_space("base");
    desk.bind("base", "retail", "push");
  }
};
INSTANTIATE_TEST_SUITE_P(, AuditTest, db::testing::both(), db::testing::name);

TEST_P(AuditTest, a_record_says_who_what_before_after_from_where_and_which_request) {
  const auto page = desk.get("otto", "/api/v1/audit?limit=1");
  const auto& record = page.body.at("items").at(0);
  EXPECT_EQ(record.at("actor"), "user:root");
  EXPECT_EQ(record.at("address"), "192.0.2.7");
  EXPECT_EQ(record.at("request_id"), "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(record.at("action"), "binding.create");
  EXPECT_EQ(record.at("target").at("name"), "berth/base retail");
  EXPECT_EQ(record.at("workspace"), "retail");
  EXPECT_TRUE(record.at("before").is_null());
  EXPECT_EQ(record.at("after").at("access"), "push");
  EXPECT_EQ(record.at("occurred_at"), json::value(to_rfc3339(desk.clock().now())));
}

TEST_P(AuditTest, pages_from_the_newest_to_the_oldest) {
  std::vector<std::string> seen;
  std::string target = "/api/v1/audit?limit=3";
  for (int pages = 0; pages < 5 && !target.empty(); ++pages) {
    const auto page = desk.get("root", target);
    std::ranges::copy(page.items("action"), std::back_inserter(seen));
    const auto link = page.header("Link");
    target = link.empty() ? "" : link.substr(1, link.find('>') - 1);
  }
  EXPECT_THAT(seen, ElementsAre("binding.create", "space.create", "member.create", "workspace.create", "member.create",
                                "workspace.create", "registry.create"));
  EXPECT_EQ(desk.get("root", "/api/v1/audit?cursor=eHg").status, 400);
}

TEST_P(AuditTest, a_workspaces_admins_read_what_concerns_it_and_nothing_else) {
  EXPECT_THAT(desk.get("alice", "/api/v1/workspaces/retail/audit").items("workspace"), Each("retail"));
  EXPECT_EQ(desk.get("alice", "/api/v1/workspaces/lab/audit").status, 404);
  EXPECT_EQ(desk.get("alice", "/api/v1/audit").status, 403);
  desk.member("retail", "vera", "viewer");
  EXPECT_EQ(desk.get("vera", "/api/v1/workspaces/retail/audit").status, 403);
  EXPECT_THAT(desk.get("otto", "/api/v1/audit?workspace=lab").items("workspace"), Each("lab"));
  EXPECT_THAT(desk.get("otto", "/api/v1/audit?workspace=ghost").items("workspace"), ::testing::IsEmpty());
}

TEST_P(AuditTest, what_was_refused_is_not_in_it) {
  const auto before = desk.count("audit");
  EXPECT_EQ(desk.remove("root", "/api/v1/workspaces/retail").status, 409);
  EXPECT_EQ(desk.post("alice", "/api/v1/workspaces", {{"name", "x"}}).status, 403);
  EXPECT_EQ(desk.post("root", "/api/v1/workspaces", {{"name", "lab"}}).status, 409);
  EXPECT_EQ(desk.count("audit"), before);
}

}  // namespace
}  // namespace berth::tenancy::testing
