#include "identity/login_throttle.h"

#include <arpa/inet.h>

#include "base/encoding.h"

namespace berth::identity {
namespace {

constexpr std::size_t kLongestLogin = 128;
constexpr int kLookedAt = 16;

std::string account_key(std::string_view login) {
  return std::string(login.substr(0, kLongestLogin));
}

std::string address_key(std::string_view address) {
  constexpr std::size_t kNetwork = 8;
  std::array<char, 16> raw{};
  const std::string text(address);
  if (inet_pton(AF_INET6, text.c_str(), raw.data()) != 1) return text;
  const std::string_view bytes(raw.data(), raw.size());
  // ::ffff:192.0.2.1 is 192.0.2.1: its /64 would be all of IPv4.
  if (text.starts_with("::ffff:")) return to_hex(bytes);
  return to_hex(bytes.substr(0, kNetwork)) + "/64";
}

}  // namespace

Result<void> LoginThrottle::admit(const Attempt& attempt, Time now) {
  const auto account = account_key(attempt.login);
  const auto address = address_key(attempt.address);
  const std::lock_guard lock(mutex_);
  const auto wait = std::max(wait_of(accounts_, account, now), wait_of(addresses_, address, now));
  if (wait > Duration::zero()) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    auto error =
        Error::of(Fault::kTooManyRequests, fmt::format("too many wrong passwords: try again in {} seconds", seconds));
    error.retry_after = static_cast<std::uint32_t>(seconds);
    return fail(std::move(error));
  }
  charge(accounts_, account, limits_.account, now);
  charge(addresses_, address, limits_.address, now);
  return {};
}

void LoginThrottle::succeeded(const Attempt& attempt) {
  const std::lock_guard lock(mutex_);
  accounts_.erase(account_key(attempt.login));
  const auto it = addresses_.find(address_key(attempt.address));
  if (it == addresses_.end()) return;
  it->second.blocked_until = Time();
  if (--it->second.failures == 0) addresses_.erase(it);
}

std::size_t LoginThrottle::size() const {
  const std::lock_guard lock(mutex_);
  return accounts_.size() + addresses_.size();
}

Duration LoginThrottle::wait_of(const Entries& entries, const std::string& key, Time now) const {
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
