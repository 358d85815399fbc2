#include "tenancy/tests/support/desk.h"

namespace berth::tenancy::testing {
namespace {

using http::Permission;

/// Every route of the table, asked by those who must not get in. The paths are retail's; bob administers another
/// workspace.
class RoutesTest : public DeskTest {
 protected:
  void SetUp() override {
    desk.workspace("retail", "alice");
    desk.workspace("lab", "bob");
    shop = desk.name_space("shop", "retail");
    desk.berth_space("apps", {{"owner_workspace", "retail"}});
    const auto made = desk.post("alice", fmt::format("/api/v1/namespaces/{}/credentials", shop), json::object{});
    credential = made.id();
  }
  std::string target(std::string_view pattern) const {
    std::string text(pattern);
    for (const auto& [name, value] :
         std::initializer_list<std::pair<std::string, std::string>>{{"{workspace}", "retail"},
                                                                    {"{kind}", "user"},
                                                                    {"{principal}", "alice"},
                                                                    {"{cluster}", "c1"},
                                                                    {"{namespace}", std::to_string(shop)},
                                                                    {"{credential}", std::to_string(credential)},
                                                                    {"{registry}", "berth"},
                                                                    {"{space}", "apps"}})
      if (const auto at = text.find(name); at != std::string::npos) text.replace(at, name.size(), value);
    EXPECT_EQ(text.find('{'), std::string::npos) << text;
    return text;
  }
  static bool reads(const http::Route& route) { return route.method == http::Method::kGet; }
  Answer ask(std::string_view who, const http::Route& route) {
    return desk.ask(who, route.method, target(route.pattern),
                    {.body = reads(route) ? json::value(nullptr) : json::object{}});
  }
  std::int64_t shop = 0, credential = 0;
};
INSTANTIATE_TEST_SUITE_P(, RoutesTest, db::testing::both(), db::testing::name);

TEST_P(RoutesTest, no_route_is_open_or_answers_anonymous) {
  for (const auto& route : routes(desk.tenancy())) {
    EXPECT_NE(route.permission.on(), Permission::On::kNobody) << route.pattern;
    EXPECT_EQ(ask("", route).status, 401) << name_of(route.method) << " " << route.pattern;
  }
}

TEST_P(RoutesTest, the_admin_of_another_workspace_gets_nowhere) {
  const auto logged = desk.count("audit");
  for (const auto& route : routes(desk.tenancy())) {
    SCOPED_TRACE(fmt::format("{} {}", name_of(route.method), route.pattern));
    const auto status = ask("bob", route).status;
    switch (route.permission.on()) {
      case Permission::On::kWorkspace:
      case Permission::On::kNamespace:
      case Permission::On::kSpace:
        EXPECT_EQ(status, 404);
        break;
      case Permission::On::kPlatform:
        if (route.permission.action() != access::Action::kSignedIn) EXPECT_EQ(status, 403);
        break;
      default:
        if (!reads(route)) EXPECT_GE(status, 400);
    }
  }
  EXPECT_EQ(desk.count("audit"), logged) << "nothing was changed";
}

TEST_P(RoutesTest, an_auditor_reads_and_changes_nothing) {
  const auto logged = desk.count("audit");
  for (const auto& route : routes(desk.tenancy()))
    if (!reads(route)) EXPECT_GE(ask("otto", route).status, 400) << name_of(route.method) << " " << route.pattern;
  EXPECT_EQ(desk.count("audit"), logged);
}

}  // namespace
}  // namespace berth::tenancy::testing
