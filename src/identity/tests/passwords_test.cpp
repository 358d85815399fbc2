#include "identity/passwords.h"

namespace berth::identity {
namespace {

constexpr PasswordCost kCheap{.memory_kib = 8, .passes = 1};

TEST(Passwords, a_hash_matches_its_password_alone) {
  const PasswordHasher hasher(kCheap);
  const auto hash = hasher.hash("correct horse");
  EXPECT_TRUE(hasher.matches(hash, "correct horse"));
  EXPECT_FALSE(hasher.matches(hash, "correct hors"));
  EXPECT_FALSE(hasher.matches(hash, ""));
}

TEST(Passwords, are_kept_as_argon2id_with_their_own_salt) {
  const PasswordHasher hasher;
  const auto hash = hasher.hash("correct horse").phc;
  EXPECT_THAT(hash, ::testing::StartsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
  EXPECT_NE(hash, hasher.hash("correct horse").phc);
}

TEST(Passwords, are_checked_at_the_cost_they_were_hashed_with) {
  EXPECT_TRUE(PasswordHasher().matches(PasswordHasher(kCheap).hash("correct horse"), "correct horse"));
}

TEST(Passwords, nobody_knows_the_hash_of_nobody) {
  const PasswordHasher hasher(kCheap);
  EXPECT_FALSE(hasher.matches(hasher.nobody(), ""));
}

TEST(Passwords, an_endless_one_is_not_hashed) {
  const PasswordHasher hasher(kCheap);
  const std::string endless(1U << 20, 'a');
  EXPECT_FALSE(hasher.matches(hasher.hash(endless), endless));
}

struct Case {
  std::string_view name;
  std::string password;
  bool good;
};
const Case kPolicy[] = {
    {"ten_characters", "0123456789", true},
    {"nine_characters", "012345678", false},
    {"ten_wide_characters", "密码密码密码密码密码", true},
    {"nine_wide_characters", "密码密码密码密码密", false},
    {"the_login", "alice@example.com", false},
    {"the_login_in_capitals", "ALICE@EXAMPLE.COM", false},
    {"as_long_as_may_be", std::string(1024, 'a'), true},
    {"too_long", std::string(1025, 'a'), false},
};
class PasswordPolicyTest : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(, PasswordPolicyTest, ::testing::ValuesIn(kPolicy),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(PasswordPolicyTest, decides) {
  const auto login = LoginName::parse("alice@example.com").value();
  EXPECT_EQ(check_password_policy(GetParam().password, login).has_value(), GetParam().good);
}

TEST(Passwords, a_generated_one_is_good_and_new) {
  const auto login = LoginName::parse("admin").value();
  EXPECT_TRUE(check_password_policy(generate_password(), login));
  EXPECT_NE(generate_password(), generate_password());
}

}  // namespace
}  // namespace berth::identity
