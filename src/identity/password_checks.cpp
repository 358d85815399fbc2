#include "identity/password_checks.h"

#include <openssl/hmac.h>

#include "base/random.h"

namespace berth::identity {
namespace {

constexpr std::size_t kRemembered = 10'000;
constexpr Duration kRememberedFor = std::chrono::seconds(60);
constexpr std::size_t kKey = 32;

std::string hmac_sha256(std::string_view key, std::string_view message) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(message.data()),
       message.size(), reinterpret_cast<unsigned char*>(out.data()), &length);
  out.resize(length);
  return out;
}

const access::User* active_user(const access::Snapshot& snapshot, std::string_view login) {
  const auto* id = snapshot.user_by_login.find(std::string(login));
  const auto* user = id ? snapshot.users.find(*id) : nullptr;
  return user && !user->disabled ? user : nullptr;
}

struct Lane {
  explicit Lane(std::counting_semaphore<4>& all) : lanes(all) { lanes.acquire(); }
  ~Lane() { lanes.release(); }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  std::counting_semaphore<4>& lanes;
};

}  // namespace

PasswordChecks::PasswordChecks(db::Database& database, const PasswordHasher& hasher, LoginThrottle& throttle,
                               const PendingChecks::Limits& limits)
    : database_(database),
      hasher_(hasher),
      throttle_(throttle),
      secret_(random_bytes(kKey)),
      pending_(limits),
      verified_(kRemembered) {}

Result<UserId> PasswordChecks::check(const access::Snapshot& snapshot, const Attempt& attempt,
                                     std::string_view password, Time now) {
  const auto* user = active_user(snapshot, attempt.login);
  const auto key = key_of(user, attempt, password);
  if (user && verified_.find(key, now)) return user->id;
  const auto check = pending_.join(key);
  const std::lock_guard turn(check->turn);
  if (!check->matched)
    if (auto found = find_out(*check, user, attempt, password, now); !found) return fail(std::move(found.error()));
  if (!*check->matched) return fail(Fault::kUnauthenticated, "the login or the password is wrong");
  verified_.put(key, true, now + kRememberedFor);
  return user->id;
}

Result<void> PasswordChecks::find_out(PendingChecks::Check& check, const access::User* user, const Attempt& attempt,
                                      std::string_view password, Time now) {
  if (auto admitted = throttle_.admit(attempt, now); !admitted) return admitted;
  check.matched = matches(user, password);
  if (*check.matched) throttle_.succeeded(attempt, now);
  return {};
}

Result<std::shared_ptr<void>> PasswordChecks::wait(const access::Snapshot& snapshot, const Attempt& attempt,
                                                   std::string_view password, Time now) {
  const auto* user = active_user(snapshot, attempt.login);
  const auto key = key_of(user, attempt, password);
  if (user && verified_.find(key, now)) return nullptr;
  // Who asks the same as one before is no further guess.
  if (!pending_.pending(key))
    if (auto free = throttle_.ask(attempt, now); !free) return fail(std::move(free.error()));
  using From = PendingChecks::From;
  return pending_.wait(key, ClientAddress::of(attempt.address),
                       throttle_.knows(attempt, now) ? From::kKnown : From::kStranger);
}

std::string PasswordChecks::key_of(const access::User* user, const Attempt& attempt, std::string_view password) const {
  if (!user) return hmac_sha256(secret_, fmt::format("-:{}:{}:{}", attempt.login.size(), attempt.login, password));
  return hmac_sha256(secret_, fmt::format("{}:{}:{}", user->id.value(), user->version, password));
}

bool PasswordChecks::matches(const access::User* user, std::string_view password) {
  std::optional<std::string> stored;
  if (user)
    stored = database_.read([&](db::Connection& tx) {
      const auto row = tx.one<std::optional<std::string>>(
          "SELECT password_hash FROM users WHERE id = :id AND disabled = 0", user->id);
      return row ? std::get<0>(*row) : std::nullopt;
    });
  const Lane lane(running_);
  // One argon2id in any case.
  const bool same = hasher_.matches(stored ? PasswordHash{*stored} : hasher_.nobody(), password);
  return stored && same;
}

}  // namespace berth::identity
