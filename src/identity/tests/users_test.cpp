#include <thread>

#include "identity/tests/support/world.h"

namespace berth::identity {
namespace {

using http::Method;
using testing::Answer;
using testing::basic;
using testing::bearer;
using testing::World;

const auto kRoot = basic("root", World::kPassword);

class UsersTest : public testing::OnWorlds {
 protected:
  Answer create(std::string body) { return world.post("/api/v1/users", std::move(body), kRoot); }
  Answer patch(std::string_view login, std::string body) {
    return world.change(Method::kPatch, fmt::format("/api/v1/users/{}", login), std::move(body), kRoot);
  }
  Answer remove(std::string_view login) {
    return world.change(Method::kDelete, fmt::format("/api/v1/users/{}", login), "", kRoot);
  }
};
INSTANTIATE_TEST_SUITE_P(, UsersTest, db::testing::both(), db::testing::name);

TEST_P(UsersTest, a_new_one_gets_a_generated_password_once) {
  const auto created = create(R"({"login":"carol","display_name":"Carol"})");
  ASSERT_EQ(created.status, 201) << created.text;
  EXPECT_EQ(created.header("Location"), "/api/v1/users/carol");
  const auto password = created.string("password");
  EXPECT_EQ(world.get("/api/v1/session", basic("carol", password)).string("login"), "carol");
  const auto shown = world.get("/api/v1/users/carol", kRoot);
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.string("display_name"), "Carol");
  EXPECT_THAT(shown.text, ::testing::Not(::testing::HasSubstr("argon2")));
  EXPECT_EQ(shown.string("password"), "");
}

TEST_P(UsersTest, a_given_password_is_not_told_back) {
  const auto created = create(R"({"login":"carol","password":"correct horse"})");
  ASSERT_EQ(created.status, 201);
  EXPECT_EQ(created.string("password"), "");
}

TEST_P(UsersTest, what_cannot_be_is_refused) {
  struct Case {
    std::string_view body;
    int status;
  };
  for (const auto& [body, status] : {Case{R"({"login":"alice"})", 409},
                                     {R"({"login":"robot+retail+ci"})", 400},
                                     {R"({"login":"NS+prod+web+1"})", 400},
                                     {R"({"login":"carol","password":"short"})", 400},
                                     {R"({"login":"carolcarol","password":"carolcarol"})", 400},
                                     {R"({"login":"carol","platform_role":"king"})", 400},
                                     {R"({"login":"carol","id":7})", 400},
                                     {R"({"login":"carol lee"})", 400},
                                     {R"({})", 400}})
    EXPECT_EQ(create(std::string(body)).status, status) << body;
}

TEST_P(UsersTest, only_administrators_change_them_and_auditors_see_them) {
  ASSERT_EQ(create(R"({"login":"olga","password":"correct horse","platform_role":"auditor"})").status, 201);
  const auto olga = basic("olga", World::kPassword);
  const auto alice = basic("alice", World::kPassword);
  EXPECT_EQ(world.get("/api/v1/users", olga).status, 200);
  EXPECT_EQ(world.get("/api/v1/users", alice).status, 403);
  EXPECT_EQ(world.post("/api/v1/users", R"({"login":"eve"})", olga).status, 403);
  EXPECT_EQ(world.change(Method::kPatch, "/api/v1/users/alice", R"({"platform_role":"administrator"})", alice).status,
            403);
  EXPECT_EQ(world.get("/api/v1/users", {"X-Nothing", ""}).status, 401);
}

TEST_P(UsersTest, are_listed_by_login_in_pages_and_found_by_part_of_name) {
  ASSERT_EQ(create(R"({"login":"carol","display_name":"Carol 100% Danvers","email":"cd@example.com"})").status, 201);
  const auto first = world.get("/api/v1/users?limit=3", kRoot);
  ASSERT_EQ(first.status, 200);
  EXPECT_EQ(first.body.at("items").as_array().size(), 3U);
  EXPECT_EQ(find_string(first.body.at("items").at(0), "login"), "alice");
  const auto link = first.header("Link");
  ASSERT_THAT(link, ::testing::HasSubstr("rel=\"next\""));
  const auto second = world.get(link.substr(1, link.find('>') - 1), kRoot);
  ASSERT_EQ(second.body.at("items").as_array().size(), 1U);
  EXPECT_EQ(find_string(second.body.at("items").at(0), "login"), "root");
  EXPECT_EQ(second.header("Link"), "");
  for (const auto* search : {"DANVERS", "cd@ex", "aro", "100%25"})
    EXPECT_EQ(world.get(fmt::format("/api/v1/users?search={}", search), kRoot).body.at("items").as_array().size(), 1U)
        << search;
  EXPECT_EQ(world.get("/api/v1/users?search=a_o", kRoot).body.at("items").as_array().size(), 0U);
}

TEST_P(UsersTest, a_change_meets_the_version_that_was_seen) {
  const auto seen = world.get("/api/v1/users/bob", kRoot).header("ETag");
  const auto patch_if = [&](std::string tag) {
    return world
        .send({.method = Method::kPatch,
               .target = "/api/v1/users/bob",
               .body = R"({"display_name":"Bob"})",
               .headers = {kRoot, {"If-Match", std::move(tag)}}})
        .status;
  };
  EXPECT_EQ(patch_if(seen), 200);
  EXPECT_EQ(patch_if(seen), 412);
  EXPECT_EQ(patch_if("\"rubbish\""), 412);
  EXPECT_EQ(patch_if("*"), 200);
  EXPECT_EQ(world.audited("user.update"), 2U);
}

TEST_P(UsersTest, the_last_administrator_stays) {
  EXPECT_EQ(remove("root").status, 409);
  EXPECT_EQ(patch("root", R"({"platform_role":"none"})").status, 409);
  EXPECT_EQ(patch("root", R"({"platform_role":"auditor"})").status, 409);
  EXPECT_EQ(patch("root", R"({"disabled":true})").status, 409);
  EXPECT_EQ(world.get("/api/v1/users/root", kRoot).string("platform_role"), "administrator");

  ASSERT_EQ(create(R"({"login":"second","password":"correct horse","platform_role":"administrator"})").status, 201);
  ASSERT_EQ(patch("second", R"({"disabled":true})").status, 200);
  EXPECT_EQ(remove("root").status, 409) << "a disabled administrator does not count";
  ASSERT_EQ(patch("second", R"({"disabled":false})").status, 200);
  EXPECT_EQ(remove("root").status, 204);
}

TEST_P(UsersTest, two_administrators_who_take_each_others_role_at_once_leave_one) {
  ASSERT_EQ(create(R"({"login":"second","password":"correct horse","platform_role":"administrator"})").status, 201);
  const events::Actor by{.name = "test", .address = "", .request_id = ""};
  UserPatch demotion;
  demotion.platform_role = access::PlatformRole::kNone;
  std::array<bool, 2> done{};
  {
    const auto demote = [&](std::size_t index, const char* login) {
      done[index] = world.identity.users.patch(login, demotion, std::nullopt, by).has_value();
    };
    const std::jthread one(demote, 0, "root");
    const std::jthread other(demote, 1, "second");
  }
  EXPECT_NE(done[0], done[1]);
}

TEST_P(UsersTest, a_removed_one_takes_along_all_that_acts_for_them) {
  const auto alice = basic("alice", World::kPassword);
  const auto token = world.post("/api/v1/me/tokens", R"({"name":"t","grants":{"spaces":[{"verbs":["pull"]}]}})", alice);
  const auto robot = world.post("/api/v1/me/robots", R"({"name":"r","grants":{"spaces":[{"verbs":["pull"]}]}})", alice);
  ASSERT_EQ(robot.status, 201) << robot.text;
  const auto by_robot = basic(robot.string("login"), robot.string("secret"));
  ASSERT_EQ(world.probe(bearer(token.string("secret"))), 200);
  ASSERT_EQ(world.probe(by_robot), 200);

  ASSERT_EQ(remove("alice").status, 204);
  EXPECT_EQ(world.probe(bearer(token.string("secret"))), 401);
  EXPECT_EQ(world.probe(by_robot), 401);
  EXPECT_EQ(world.probe(alice), 401);
  const auto& snapshot = *world.snapshots.current();
  EXPECT_EQ(snapshot.tokens.size() + snapshot.robots.size(), 0U);
  EXPECT_EQ(world.get("/api/v1/users/alice", kRoot).status, 404);
  ASSERT_EQ(create(R"({"login":"alice","password":"correct horse"})").status, 201);
  EXPECT_EQ(world.probe(alice), 404) << "a namesake inherits no membership";
}

TEST_P(UsersTest, a_password_set_by_an_administrator_counts_at_once_and_ends_the_remembered_one) {
  ASSERT_EQ(world.probe(basic("alice", World::kPassword)), 200);
  ASSERT_EQ(world.probe(basic("alice", World::kPassword)), 200);
  ASSERT_EQ(patch("alice", R"({"password":"battery staple"})").status, 200);
  EXPECT_EQ(world.probe(basic("alice", World::kPassword)), 401);
  EXPECT_EQ(world.probe(basic("alice", "battery staple")), 200);
}

TEST_P(UsersTest, changes_are_audited_without_secrets) {
  ASSERT_EQ(create(R"({"login":"carol"})").status, 201);
  ASSERT_EQ(patch("carol", R"({"password":"battery staple"})").status, 200);
  ASSERT_EQ(remove("carol").status, 204);
  EXPECT_EQ(world.audited("user.set_password"), 1U);
  EXPECT_EQ(world.audited("user.delete"), 1U);
  const auto records = world.database.read(
      [](db::Connection& tx) { return events::read_audit(tx, {.workspace = {}, .before_id = {}, .limit = 50}); });
  ASSERT_FALSE(records.empty());
  EXPECT_EQ(records.front().actor.name, "user:root");
  EXPECT_EQ(records.front().actor.address, "192.0.2.1");
  for (const auto& record : records)
    EXPECT_THAT(record.change.before.value_or("") + record.change.after.value_or(""),
                ::testing::Not(::testing::AnyOf(::testing::HasSubstr("argon2"), ::testing::HasSubstr("staple"))));
}

TEST_P(UsersTest, an_administrators_token_sets_no_passwords_and_no_roles) {
  const auto made = world.post("/api/v1/me/tokens", R"({"name":"t","grants":{"api":"write"}})", kRoot);
  ASSERT_EQ(made.status, 201) << made.text;
  const auto token = bearer(made.string("secret"));
  const auto patch_by_token = [&](std::string_view login, std::string body) {
    return world.change(Method::kPatch, fmt::format("/api/v1/users/{}", login), std::move(body), token).status;
  };
  EXPECT_EQ(patch_by_token("root", R"({"password":"battery staple"})"), 403);
  EXPECT_EQ(patch_by_token("alice", R"({"password":"battery staple"})"), 403);
  EXPECT_EQ(patch_by_token("alice", R"({"platform_role":"administrator"})"), 403);
  EXPECT_EQ(patch_by_token("alice", R"({"display_name":"Alice"})"), 200);
  EXPECT_EQ(world.post("/api/v1/users", R"({"login":"eve","platform_role":"administrator"})", token).status, 403);
  EXPECT_EQ(world.post("/api/v1/users", R"({"login":"eve"})", token).status, 201);
  EXPECT_EQ(world
                .change(Method::kPut, "/api/v1/me/password",
                        R"({"current_password":"correct horse","new_password":"battery staple"})", token)
                .status,
            403);
}

class FirstAdministratorTest : public db::testing::OnBothDatabases {
 protected:
  ManualClock clock;
  state::SnapshotStore snapshots{database()};
  PasswordHasher hasher{{.memory_kib = 8, .passes = 1}};
  Users users{{database(), snapshots, clock}, hasher};
  LoginName login = LoginName::parse("admin").value();
};
INSTANTIATE_TEST_SUITE_P(, FirstAdministratorTest, db::testing::both(), db::testing::name);

TEST_P(FirstAdministratorTest, has_a_generated_password_and_is_made_once) {
  const auto made = users.create_first_administrator(login, std::nullopt).value();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->user.platform_role, access::PlatformRole::kAdministrator);
  EXPECT_GE(made->generated_password.value().size(), 20U);
  EXPECT_FALSE(users.create_first_administrator(login, std::nullopt).value());
  EXPECT_FALSE(users.create_first_administrator(LoginName::parse("other").value(), std::nullopt).value());
}

TEST_P(FirstAdministratorTest, takes_the_operators_password_without_telling_it) {
  const auto made = users.create_first_administrator(login, "set by the operator").value();
  ASSERT_TRUE(made);
  EXPECT_FALSE(made->generated_password);
}

TEST_P(FirstAdministratorTest, is_not_made_with_a_bad_password) {
  EXPECT_FALSE(users.create_first_administrator(login, "short"));
  EXPECT_TRUE(users.list({}).empty());
}

}  // namespace
}  // namespace berth::identity
