#include "identity/login_throttle.h"

#include "identity/client_address.h"

namespace berth::identity {
namespace {

constexpr std::size_t kLongestLogin = 128;
constexpr int kLookedAt = 16;

std::string_view account_of(const Attempt& attempt) {
  return attempt.login.substr(0, kLongestLogin);
}

}  // namespace

Result<void> LoginThrottle::admit(const Attempt& attempt, Time now) {
  const auto keys = keys_of(attempt, now);
  const std::lock_guard lock(mutex_);
  if (auto free = look(keys, now); !free) return free;
  charge(counts_of(keys), keys.account, limits_.account, now);
  charge(addresses_, keys.address, limits_.address, now);
  if (!keys.network.empty()) charge(networks_, keys.network, limits_.network, now);
  return {};
}

Result<void> LoginThrottle::ask(const Attempt& attempt, Time now) const {
  const auto keys = keys_of(attempt, now);
  const std::lock_guard lock(mutex_);
  return look(keys, now);
}

void LoginThrottle::succeeded(const Attempt& attempt, Time now) {
  const auto keys = keys_of(attempt, now);
  {
    const std::lock_guard lock(mutex_);
    counts_of(keys).erase(keys.account);
    forgive(addresses_, keys.address);
    forgive(networks_, keys.network);
  }
  known_.succeeded(account_of(attempt), keys.address, now);
}

bool LoginThrottle::knows(const Attempt& attempt, Time now) const {
  return known_.knows(account_of(attempt), ClientAddress::of(attempt.address).own, now);
}

LoginThrottle::Keys LoginThrottle::keys_of(const Attempt& attempt, Time now) const {
  auto from = ClientAddress::of(attempt.address);
  std::string account(account_of(attempt));
  const bool known = known_.knows(account, from.own, now);
  if (known) account.insert(0, from.own + " ");
  return {known, std::move(account), std::move(from.own), std::move(from.network)};
}

Result<void> LoginThrottle::look(const Keys& keys, Time now) const {
  const auto wait = std::max({wait_of(keys.known ? owners_ : accounts_, keys.account, now),
                              wait_of(addresses_, keys.address, now), wait_of(networks_, keys.network, now)});
  if (wait <= Duration::zero()) return {};
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  auto error =
      Error::of(Fault::kTooManyRequests, fmt::format("too many wrong passwords: try again in {} seconds", seconds));
  error.retry_after = static_cast<std::uint32_t>(seconds);
  return fail(std::move(error));
}

std::size_t LoginThrottle::size() const {
  const std::lock_guard lock(mutex_);
  return accounts_.size() + owners_.size() + addresses_.size() + networks_.size();
}

Duration LoginThrottle::wait_of(const Entries& entries, const std::string& key, Time now) {
  const auto it = entries.find(key);
  return it == entries.end() ? Duration::zero() : std::max(it->second.blocked_until - now, Duration::zero());
}

void LoginThrottle::charge(Entries& entries, const std::string& key, const Limit& limit, Time now) {
  if (!entries.contains(key)) make_room(entries, now);
  auto& entry = entries[key];
  if (entry.last + limits_.forget_after <= now) entry = {};
  entry.last = now;
  if (++entry.failures <= limit.free) return;
  constexpr std::uint32_t kMaxDoublings = 20;
  const auto doublings = std::min(entry.failures - limit.free - 1, kMaxDoublings);
  entry.blocked_until = now + std::min(limit.first_wait * (1U << doublings), limit.longest_wait);
}

void LoginThrottle::forgive(Entries& entries, const std::string& key) {
  const auto it = entries.find(key);
  if (it == entries.end()) return;
  it->second.blocked_until = Time();
  if (--it->second.failures == 0) entries.erase(it);
}

void LoginThrottle::make_room(Entries& entries, Time now) const {
  if (entries.size() < limits_.entries) return;
  auto oldest = entries.begin();
  auto it = oldest;
  for (int looked = 0; looked < kLookedAt && it != entries.end(); ++looked, ++it)
    // Who waits is given up last: else a flood of made-up logins would end the wait.
    if (std::pair(it->second.blocked_until > now, it->second.last) <
        std::pair(oldest->second.blocked_until > now, oldest->second.last))
      oldest = it;
  entries.erase(oldest);
}

}  // namespace berth::identity
