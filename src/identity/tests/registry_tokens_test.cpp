#include "identity/registry_tokens.h"

#include "base/encoding.h"
#include "db/tests/support/test_database.h"
#include "identity/tests/support/forger.h"
#include "identity/token_json.h"

namespace berth::identity {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kAudience = "berth.test";

class RegistryTokensTest : public db::testing::OnBothDatabases {
 protected:
  Result<RegistryTokens::Issued> issue() {
    return tokens.issue({.subject = subject(), .credential_mark = "", .audience = std::string(kAudience)}, clock.now());
  }
  static access::Subject subject() {
    return {.who = access::UserSubject{UserId(7), std::nullopt},
            .scope = access::Scope{.repositories = {{RepositoryName::parse("shop/web").value(), {.pull = true}}}}};
  }
  /// In every test: memory knows what was verified, and nothing else.
  bool good(const std::string& token) {
    const auto before = tokens.recall(token, kAudience, clock.now());
    const bool verified = tokens.verify(token, kAudience, clock.now()).has_value();
    EXPECT_TRUE(!before || verified) << "memory takes what is refused";
    EXPECT_EQ(tokens.recall(token, kAudience, clock.now()) != nullptr, verified);
    return verified;
  }

  /// A payload as issue() makes it, with one claim changed (or, null, removed).
  std::string payload(std::string_view claim, const json::value& value) {
    auto claims =
        parse_json(to_claims_json({.subject = subject(), .credential_mark = "", .audience = std::string(kAudience)},
                                  {.issued_at = clock.now(), .expires_at = clock.now() + minutes(5)}))
            .value();
    if (value.is_null())
      claims.as_object().erase(claim);
    else if (!claim.empty())
      claims.as_object()[claim] = value;
    return json::serialize(claims);
  }
  std::string payload() { return payload("", 0); }
  std::int64_t in(Duration time) {
    return std::chrono::duration_cast<seconds>((clock.now() + time).time_since_epoch()).count();
  }
  [[nodiscard]] std::string header(std::string_view more = "") {
    return fmt::format(R"({{"alg":"ES256","kid":"{}","typ":"JWT"{}}})", key->kid(), more);
  }

  ManualClock clock;
  state::SnapshotStore snapshots{database()};
  SecretBox box{std::string(32, 'k')};
  SigningKeys keys{{database(), snapshots, clock}, box};
  RegistryTokens tokens{keys, minutes(5)};
  std::shared_ptr<const Es256Key> key = keys.signer(clock.now());
};
INSTANTIATE_TEST_SUITE_P(, RegistryTokensTest, db::testing::both(), db::testing::name);

TEST_P(RegistryTokensTest, one_of_ours_says_what_was_put_in) {
  const auto claims = tokens.verify(issue()->token, kAudience, clock.now());
  ASSERT_TRUE(claims) << claims.error().message;
  EXPECT_EQ(access::to_text((*claims)->subject), "user:7");
  ASSERT_EQ((*claims)->subject.scope.value().repositories.size(), 1U);
  EXPECT_EQ((*claims)->subject.scope->repositories.front().repository.text(), "shop/web");
  EXPECT_EQ((*claims)->subject.scope->repositories.front().verbs, (access::Verbs{.pull = true}));
}

TEST_P(RegistryTokensTest, memory_knows_a_token_only_after_its_signature_was_checked) {
  const auto token = issue()->token;
  EXPECT_FALSE(tokens.recall(token, kAudience, clock.now()));
  ASSERT_TRUE(tokens.verify(token, kAudience, clock.now()));
  EXPECT_TRUE(tokens.recall(token, kAudience, clock.now()));
  EXPECT_FALSE(tokens.recall(token, "elsewhere.example.com", clock.now()));
  EXPECT_FALSE(tokens.recall(token + "x", kAudience, clock.now()));
  EXPECT_FALSE(tokens.recall(token, kAudience, clock.now() + minutes(6))) << "it has ended";
}

TEST_P(RegistryTokensTest, the_forgers_tools_work) {
  EXPECT_TRUE(good(testing::signed_es256(header(), payload(), key->private_jwk())));
  EXPECT_TRUE(good(key->sign(payload())));
}

TEST_P(RegistryTokensTest, a_token_of_the_right_key_with_a_wrong_claim_is_refused) {
  struct Case {
    std::string_view name;
    std::string_view claim;
    json::value value;
  };
  const Case cases[] = {
      {"expired", "exp", in(seconds(-1))},
      {"expires now", "exp", in(seconds(0))},
      {"no expiry", "exp", nullptr},
      {"expiry as text", "exp", json::string(std::to_string(in(minutes(1))))},
      {"expiry as fraction", "exp", 1e18},
      {"expiry beyond time", "exp", std::numeric_limits<std::int64_t>::max()},
      {"negative expiry", "exp", -1},
      {"from the future", "nbf", in(minutes(1))},
      {"no beginning", "nbf", nullptr},
      {"another audience", "aud", "other.test"},
      {"two audiences", "aud", json::array{"berth.test", "other.test"}},
      {"no audience", "aud", nullptr},
      {"another issuer", "iss", "somebody"},
      {"no issuer", "iss", nullptr},
      {"no subject", "sub", nullptr},
      {"a subject that is none", "sub", "king:1"},
      {"a subject of another type", "sub", 7},
      {"no access", "access", nullptr},
      {"access as text", "access", "repository:shop/web:pull"},
      {"access to another type", "access", json::parse(R"([{"type":"registry","name":"a/b","actions":[]}])")},
      {"access to a name that is none", "access", json::parse(R"([{"type":"repository","name":"../a","actions":[]}])")},
      {"an unknown action", "access", json::parse(R"([{"type":"repository","name":"a/b","actions":["*"]}])")},
  };
  for (const auto& each : cases) EXPECT_FALSE(good(key->sign(payload(each.claim, each.value)))) << each.name;
  EXPECT_TRUE(good(key->sign(payload("nbf", in(seconds(9)))))) << "the clocks of replicas differ";
}

TEST_P(RegistryTokensTest, every_forged_token_is_refused) {
  const auto other = Es256Key::generate();
  const auto public_key = testing::public_jwk(key->private_jwk());
  const auto other_public = testing::public_jwk(other.private_jwk());
  const auto none = fmt::format(R"({{"alg":"none","kid":"{}","typ":"JWT"}})", key->kid());
  const auto hs256 = fmt::format(R"({{"alg":"HS256","kid":"{}","typ":"JWT"}})", key->kid());
  const auto ours = issue()->token;
  const auto last_dot = ours.rfind('.');
  const auto claims = payload("sub", "user:1");
  struct Case {
    std::string_view name;
    std::string token;
  };
  const Case cases[] = {
      {"no algorithm", testing::unsigned_token(none, claims)},
      {"None in capitals", testing::unsigned_token(R"({"alg":"NONE","kid":"x","typ":"JWT"})", claims)},
      {"no algorithm with a signature", testing::unsigned_token(none, claims) + ours.substr(last_dot + 1)},
      {"HMAC with the public key", testing::signed_hs256(hs256, claims, public_key)},
      {"HMAC with the key id", testing::signed_hs256(hs256, claims, key->kid())},
      {"HMAC under our algorithm's name", testing::signed_hs256(header(), claims, public_key)},
      {"another key under our id", testing::signed_es256(header(), claims, other.private_jwk())},
      {"another key under its own id", other.sign(claims)},
      {"a key brought along",
       testing::signed_es256(header(fmt::format(R"(,"jwk":{})", other_public)), claims, other.private_jwk())},
      {"our own public key brought along",
       testing::signed_es256(header(fmt::format(R"(,"jwk":{})", public_key)), payload(), key->private_jwk())},
      {"a certificate brought along",
       testing::signed_es256(header(R"(,"x5c":["MIIB"])"), payload(), key->private_jwk())},
      {"an address of keys", testing::signed_es256(header(R"(,"jku":"http://evil")"), payload(), key->private_jwk())},
      {"a critical extension", testing::signed_es256(header(R"(,"crit":["b64"])"), payload(), key->private_jwk())},
      {"an id that is a path",
       testing::signed_es256(R"({"alg":"ES256","kid":"../../etc/passwd","typ":"JWT"})", claims, other.private_jwk())},
      {"no id", testing::signed_es256(R"({"alg":"ES256","typ":"JWT"})", claims, key->private_jwk())},
      {"another type", testing::signed_es256(fmt::format(R"({{"alg":"ES256","kid":"{}","typ":"at+jwt"}})", key->kid()),
                                             payload(), key->private_jwk())},
      {"another payload under our signature",
       to_base64url(header()) + "." + to_base64url(claims) + ours.substr(last_dot)},
      {"cut short", ours.substr(0, ours.size() - 1)},
      {"without signature", ours.substr(0, last_dot)},
      {"with an empty signature", ours.substr(0, last_dot + 1)},
      {"with a signature of zeros", ours.substr(0, last_dot + 1) + to_base64url(std::string(64, '\0'))},
      {"with padding", ours + "=="},
      {"with a letter more", ours + "A"},
      {"with a fourth part", ours + ".e30"},
      {"with a space behind", ours + " "},
      {"empty", ""},
      {"two dots", ".."},
      {"rubbish", "not a token"},
      {"no JSON", key->sign("not json")},
      {"a list", key->sign("[]")},
      {"a duplicate claim", key->sign(R"({"sub":"user:1",)" + payload().substr(1))},
      {"a mebibyte", std::string(1U << 20, 'a')},
      {"a mebibyte of dots", std::string(1U << 20, '.')},
      {"long, though ours", key->sign(payload("jti", json::string(std::string(10'000, 'a'))))},
  };
  for (const auto& [name, token] : cases) {
    const auto verified = tokens.verify(token, kAudience, clock.now());
    ASSERT_FALSE(verified) << name;
    EXPECT_EQ(verified.error().fault, Fault::kUnauthenticated) << name;
  }
  EXPECT_TRUE(good(ours));
}

TEST_P(RegistryTokensTest, a_remembered_one_is_checked_again_for_time_and_audience) {
  const auto token = issue()->token;
  ASSERT_TRUE(good(token));
  EXPECT_FALSE(tokens.verify(token, "other.test", clock.now()));
  clock.advance(minutes(5) - std::chrono::milliseconds(1000));
  EXPECT_TRUE(good(token));
  clock.advance(seconds(1));
  EXPECT_FALSE(good(token));
}

TEST_P(RegistryTokensTest, another_server_with_the_same_database_takes_them_and_one_without_does_not) {
  const auto token = issue()->token;
  SigningKeys same({database(), snapshots, clock}, box);
  EXPECT_TRUE(RegistryTokens(same, minutes(5)).verify(token, kAudience, clock.now()));
  const db::testing::TestDatabase elsewhere(db::Dialect::kSqlite);
  state::SnapshotStore there(*elsewhere);
  SigningKeys other({*elsewhere, there, clock}, box);
  EXPECT_FALSE(RegistryTokens(other, minutes(5)).verify(token, kAudience, clock.now()));
}

TEST_P(RegistryTokensTest, life_is_a_minute_at_least_and_an_hour_at_most) {
  EXPECT_EQ(issue()->life, minutes(5));
  const RegistryTokens::Grant grant{.subject = subject(), .credential_mark = "", .audience = "a"};
  EXPECT_EQ(RegistryTokens(keys, seconds(1)).issue(grant, clock.now())->life, seconds(60));
  EXPECT_EQ(RegistryTokens(keys, std::chrono::hours(9)).issue(grant, clock.now())->life, std::chrono::hours(1));
}

TEST_P(RegistryTokensTest, a_scope_too_long_for_a_header_is_refused_when_it_is_asked_for) {
  auto wanted = subject();
  for (int i = 0; i < 90; ++i)
    wanted.scope->repositories.push_back(
        {RepositoryName::parse(fmt::format("shop/{}{}", std::string(100, 'a'), i)).value(), {}});
  const auto issued = tokens.issue({.subject = wanted, .credential_mark = "", .audience = "a"}, clock.now());
  ASSERT_FALSE(issued);
  EXPECT_EQ(issued.error().fault, Fault::kInvalid);
}

// Keys.

TEST_P(RegistryTokensTest, after_a_rotation_the_new_key_signs_and_the_old_one_verifies_until_its_tokens_have_ended) {
  const auto before = issue()->token;
  keys.rotate({.name = "system", .address = "", .request_id = ""});
  EXPECT_NE(keys.signer(clock.now())->kid(), key->kid());
  EXPECT_TRUE(good(before));
  EXPECT_TRUE(good(issue()->token));
  EXPECT_TRUE(keys.verifier(key->kid(), clock.now()));
  clock.advance(SigningKeys::kLongestLife + minutes(2));
  EXPECT_FALSE(keys.verifier(key->kid(), clock.now()));
  EXPECT_FALSE(good(key->sign(payload()))) << "not even a fresh token of the retired key";
}

TEST_P(RegistryTokensTest, a_key_is_replaced_when_it_is_old_enough_and_by_one_replica_alone) {
  SigningKeys replica({database(), snapshots, clock}, box);
  const auto first = keys.signer(clock.now())->kid();
  clock.advance(std::chrono::hours(23));
  keys.rotate_if_older(std::chrono::hours(24));
  EXPECT_EQ(keys.signer(clock.now())->kid(), first) << "it is too early";
  clock.advance(std::chrono::hours(1));
  const auto last_of_the_old = issue()->token;
  keys.rotate_if_older(std::chrono::hours(24));
  const auto second = keys.signer(clock.now())->kid();
  EXPECT_NE(second, first);
  replica.rotate_if_older(std::chrono::hours(24));
  keys.rotate_if_older(std::chrono::hours(24));
  EXPECT_EQ(keys.signer(clock.now())->kid(), second) << "once is enough";
  EXPECT_TRUE(good(last_of_the_old));
  EXPECT_EQ(keys.list().size(), 2U);
  EXPECT_EQ(keys.list().front().kid, second);
  EXPECT_EQ(keys.list().back().verifies_until, clock.now() + SigningKeys::kLongestLife + minutes(2));
  clock.advance(SigningKeys::kLongestLife + minutes(2));
  EXPECT_EQ(keys.list().size(), 1U) << "what verifies nothing is not listed";
}

TEST_P(RegistryTokensTest, a_replica_takes_a_new_key_at_once_and_signs_with_it_within_a_minute) {
  SigningKeys replica({database(), snapshots, clock}, box);
  clock.advance(seconds(2));
  keys.rotate({.name = "system", .address = "", .request_id = ""});
  const auto kid = keys.signer(clock.now())->kid();
  EXPECT_TRUE(replica.verifier(kid, clock.now()));
  SigningKeys other({database(), snapshots, clock}, box);
  keys.rotate({.name = "system", .address = "", .request_id = ""});
  const auto newest = keys.signer(clock.now())->kid();
  EXPECT_NE(other.signer(clock.now())->kid(), newest);
  clock.advance(minutes(1));
  EXPECT_EQ(other.signer(clock.now())->kid(), newest);
}

TEST_P(RegistryTokensTest, keys_are_sealed_and_another_secrets_key_is_told_apart) {
  const auto kept = database().read([](db::Connection& tx) {
    return std::get<0>(tx.one<std::string>("SELECT private_key FROM signing_keys").value());
  });
  EXPECT_THAT(kept, ::testing::Not(::testing::HasSubstr("\"kty\"")));
  EXPECT_TRUE(box.open(kept, "signing_keys/" + key->kid()));
  const SecretBox wrong(std::string(32, 'x'));
  EXPECT_THROW(SigningKeys({database(), snapshots, clock}, wrong), std::runtime_error);
}

TEST_P(RegistryTokensTest, removed_keys_are_gone_from_the_database_after_the_next_rotation) {
  keys.rotate({.name = "system", .address = "", .request_id = ""});
  clock.advance(std::chrono::hours(2));
  keys.rotate({.name = "system", .address = "", .request_id = ""});
  const auto left = database().read([](db::Connection& tx) {
    return std::get<0>(tx.one<std::int64_t>("SELECT count(*) FROM signing_keys").value());
  });
  EXPECT_EQ(left, 2);
}

}  // namespace
}  // namespace berth::identity
