#include "tenancy/tests/support/desk.h"

namespace berth::tenancy::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ClustersTest : public DeskTest {};
INSTANTIATE_TEST_SUITE_P(, ClustersTest, db::testing::both(), db::testing::name);

TEST_P(ClustersTest, is_made_shown_changed_and_removed) {
  ASSERT_EQ(
      desk.post("root", "/api/v1/clusters", {{"name", "prod"}, {"uid", "6a1d8e0c-0000-4000-8000-000000000001"}}).status,
      201);
  EXPECT_EQ(desk.patch("root", "/api/v1/clusters/prod", {{"description", "Berlin"}}, "\"1\"").text("description"),
            "Berlin");
  EXPECT_EQ(desk.patch("root", "/api/v1/clusters/prod", {{"description", "Bonn"}}, "\"1\"").status, 412);
  EXPECT_EQ(desk.get("otto", "/api/v1/clusters/prod").header("ETag"), "\"2\"");
  EXPECT_EQ(desk.remove("root", "/api/v1/clusters/prod", "\"1\"").status, 412);
  EXPECT_EQ(desk.remove("root", "/api/v1/clusters/prod").status, 204);
  EXPECT_EQ(desk.remove("root", "/api/v1/clusters/prod").status, 404);
  EXPECT_THAT(desk.audit("cluster"), ElementsAre(HasSubstr("cluster.create prod"), HasSubstr("cluster.update prod"),
                                                 HasSubstr("cluster.delete prod")));
}

TEST_P(ClustersTest, name_and_uid_are_its_own) {
  ASSERT_EQ(desk.post("root", "/api/v1/clusters", {{"name", "a"}, {"uid", "u1"}}).status, 201);
  EXPECT_EQ(desk.post("root", "/api/v1/clusters", {{"name", "a"}, {"uid", "u2"}}).status, 409);
  EXPECT_EQ(desk.post("root", "/api/v1/clusters", {{"name", "b"}, {"uid", "u1"}}).status, 409);
  EXPECT_EQ(desk.patch("root", "/api/v1/clusters/a", {{"name", "b"}}).status, 400) << "namespaces are known by it";
  EXPECT_EQ(desk.post("root", "/api/v1/clusters", {{"name", "a/b"}, {"uid", ""}}).subjects().size(), 2U);
}

TEST_P(ClustersTest, stays_while_it_has_namespaces) {
  desk.name_space("shop");
  const auto refused = desk.remove("root", "/api/v1/clusters/c1");
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.subjects(), ElementsAre("namespace shop"));
}

TEST_P(ClustersTest, are_the_platforms_business) {
  desk.workspace("retail", "alice");
  EXPECT_EQ(desk.get("alice", "/api/v1/clusters").status, 403);
  EXPECT_EQ(desk.post("otto", "/api/v1/clusters", {{"name", "a"}, {"uid", "u1"}}).status, 403);
  for (const auto* name : {"b", "a", "a-b"})
    ASSERT_EQ(desk.post("root", "/api/v1/clusters", {{"name", name}, {"uid", name}}).status, 201);
  EXPECT_THAT(desk.get("otto", "/api/v1/clusters").items("name"), ElementsAre("a", "a-b", "b"));
  const auto page = desk.get("otto", "/api/v1/clusters?limit=2");
  EXPECT_THAT(page.items("name"), ElementsAre("a", "a-b"));
  const auto link = page.header("Link");
  EXPECT_THAT(desk.get("otto", link.substr(1, link.find('>') - 1)).items("name"), ElementsAre("b"));
}

}  // namespace
}  // namespace berth::tenancy::testing
