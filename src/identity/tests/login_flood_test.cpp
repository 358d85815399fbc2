#include "identity/tests/support/world.h"

namespace berth::identity {
namespace {

using http::Method;
using testing::Ask;
using testing::basic;
using testing::World;

/// Sixty-four clients whose passwords are not checked yet: each waits, and everybody else goes on. What waits has no
/// thread here: it goes on when the test says so.
class LoginFloodTest : public testing::OnWorlds {
 protected:
  static Ask guess(int i, std::string address = "") {
    return {.target = "/service/token?service=berth.test",
            .headers = {basic("alice", fmt::format("wrong password {}", i))},
            .address = address.empty() ? fmt::format("198.51.100.{}", i) : std::move(address)};
  }
  static Ask log_in(std::string_view login, std::string_view password, std::string address = "192.0.2.1") {
    return {.method = Method::kPost,
            .target = "/api/v1/session",
            .body = fmt::format(R"({{"login":"{}","password":"{}"}})", login, password),
            .address = std::move(address)};
  }
  static Ask form(std::string_view username, std::string_view password) {
    return {.method = Method::kPost,
            .target = "/service/token",
            .body = fmt::format("grant_type=password&service=berth.test&username={}&password={}", username, password),
            .headers = {{"Content-Type", "application/x-www-form-urlencoded"}}};
  }
  void flood(int clients = 64) {
    for (int i = 0; i < clients; ++i) {
      waiting.push_back(world.begin(guess(i)));
      ASSERT_FALSE(waiting.back().answer) << "client " << i << " waits: " << waiting.back().answer->text;
    }
  }
  int at_once(const Ask& ask) {
    auto sent = world.begin(ask);
    return sent.answer ? sent.answer->status : 0;
  }

  std::vector<World::Sent> waiting;
};
INSTANTIATE_TEST_SUITE_P(, LoginFloodTest, db::testing::both(), db::testing::name);

TEST_P(LoginFloodTest, who_needs_no_check_does_not_wait_behind_it) {
  const auto opened = world.send(log_in("root", World::kPassword));
  ASSERT_EQ(opened.status, 201);
  const auto cookie = opened.header("Set-Cookie").substr(0, opened.header("Set-Cookie").find(';'));
  const auto robot = world.post("/api/v1/workspaces/retail/robots",
                                R"({"name":"ci","grants":{"api":"write","spaces":[{"verbs":["pull"]}]}})",
                                basic("alice", World::kPassword));
  flood();
  EXPECT_EQ(at_once({.target = "/api/v1/session", .headers = {{"Cookie", cookie}}}), 200) << "a session";
  EXPECT_EQ(at_once({.target = "/v2/shop/web/probe", .headers = {basic("ns+prod+web+1", "ns-secret")}}), 200);
  EXPECT_EQ(at_once({.target = "/v2/shop/web/probe", .headers = {basic("alice", World::kPassword)}}), 200)
      << "a password that is remembered";
  const auto secret = robot.string("secret");
  EXPECT_EQ(at_once({.target = "/service/token", .headers = {basic(robot.string("login"), secret)}}), 200);
  EXPECT_EQ(at_once(form("robot%2Bretail%2Bci", secret)), 200) << "a robot's secret in a form";
  EXPECT_EQ(at_once({.target = "/service/token"}), 200) << "anonymous";
}

TEST_P(LoginFloodTest, a_password_waits_wherever_it_stands) {
  EXPECT_EQ(at_once(log_in("alice", World::kPassword)), 0);
  EXPECT_EQ(at_once(form("alice", "correct+horse")), 0);
  EXPECT_EQ(at_once({.target = "/v2/shop/web/probe", .headers = {basic("alice", World::kPassword)}}), 0);
  EXPECT_EQ(at_once(log_in("nobody-here", World::kPassword)), 0) << "a login that does not exist, too";
}

TEST_P(LoginFloodTest, a_current_password_waits_too) {
  const auto opened = world.send(log_in("alice", World::kPassword));
  const auto cookie = opened.header("Set-Cookie").substr(0, opened.header("Set-Cookie").find(';'));
  EXPECT_EQ(at_once({.method = Method::kPut,
                     .target = "/api/v1/me/password",
                     .body = R"({"current_password":"a guess","new_password":"another horse battery"})",
                     .headers = {{"Cookie", cookie}, {"X-CSRF-Token", opened.string("csrf_token")}}}),
            0);
}

TEST_P(LoginFloodTest, what_is_open_to_all_checks_no_password_that_comes_along) {
  auto ask = log_in("alice", World::kPassword);
  ask.headers = {basic("alice", "a stale password")};
  EXPECT_EQ(world.send(ask).status, 201);
}

TEST_P(LoginFloodTest, those_who_waited_get_their_answers) {
  flood(3);
  auto right = world.begin(log_in("alice", World::kPassword));
  ASSERT_FALSE(right.answer);
  for (auto& each : waiting) EXPECT_EQ(each.go_on().status, 401);
  EXPECT_EQ(right.go_on().status, 201);
}

TEST_P(LoginFloodTest, one_address_has_few_places_and_is_refused_at_once) {
  for (int i = 0; i < 16; ++i) {
    waiting.push_back(world.begin(guess(i, "198.51.100.1")));
    ASSERT_FALSE(waiting.back().answer) << i;
  }
  const auto refused = world.begin(guess(16, "198.51.100.1"));
  ASSERT_TRUE(refused.answer);
  EXPECT_EQ(refused.answer->status, 429);
  EXPECT_EQ(refused.answer->header("Retry-After"), "1");
  EXPECT_EQ(at_once(log_in("alice", "wrong password 16", "198.51.100.1")), 429);
  waiting.clear();
  EXPECT_EQ(at_once(guess(16, "198.51.100.1")), 0) << "who has left has no place";
}

TEST_P(LoginFloodTest, a_full_server_says_so_and_keeps_places_for_known_addresses) {
  ASSERT_EQ(world.send(log_in("bob", World::kPassword)).status, 201);
  world.clock.advance(std::chrono::seconds(61));  // not remembered any more
  flood(192);
  EXPECT_EQ(at_once(guess(192)), 503);
  EXPECT_EQ(at_once(log_in("bob", World::kPassword, "203.0.113.1")), 503);
  EXPECT_EQ(world.send(log_in("bob", World::kPassword)).status, 201);
}

TEST_P(LoginFloodTest, a_crowd_with_one_right_password_is_never_refused) {
  const Ask ask{.target = "/service/token?service=berth.test", .headers = {basic("alice", World::kPassword)}};
  for (int i = 0; i < 64; ++i) {
    waiting.push_back(world.begin(ask));
    ASSERT_FALSE(waiting.back().answer) << i;
  }
  for (auto& each : waiting) EXPECT_EQ(each.go_on().status, 200);
}

TEST_P(LoginFloodTest, the_same_wrong_password_costs_one_check_for_all_who_wait) {
  for (int i = 0; i < 10; ++i) waiting.push_back(world.begin(guess(0, fmt::format("198.51.100.{}", i))));
  for (auto& each : waiting) EXPECT_EQ(each.go_on().status, 401) << "each check would be counted: the seventh waits";
}

TEST_P(LoginFloodTest, strangers_do_not_lock_out_the_owner) {
  ASSERT_EQ(world.send(log_in("alice", World::kPassword)).status, 201);
  world.clock.advance(std::chrono::seconds(61));
  for (int i = 0; i < 6; ++i) ASSERT_EQ(world.send(guess(i)).status, 401);
  ASSERT_EQ(world.send(guess(6)).status, 429);
  EXPECT_EQ(world.send(log_in("alice", World::kPassword)).status, 201);
  EXPECT_EQ(world.send(guess(7)).status, 429) << "and they wait still";
}

TEST_P(LoginFloodTest, a_new_password_is_asked_for_at_once) {
  ASSERT_EQ(world.send(log_in("alice", World::kPassword)).status, 201);
  ASSERT_EQ(world
                .change(Method::kPatch, "/api/v1/users/alice", R"({"password":"another horse battery"})",
                        basic("root", World::kPassword))
                .status,
            200);
  EXPECT_EQ(world.send(log_in("alice", World::kPassword)).status, 401);
}

}  // namespace
}  // namespace berth::identity
