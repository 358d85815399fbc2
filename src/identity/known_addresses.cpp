#include "identity/known_addresses.h"

namespace berth::identity {

bool KnownAddresses::knows(std::string_view login, std::string_view address, Time now) const {
  const std::lock_guard lock(mutex_);
  const auto it = entries_.find(std::string(login));
  return it != entries_.end() && std::ranges::any_of(it->second, [&](const Seen& seen) {
           return seen.address == address && now < seen.last + kFor;
         });
}

void KnownAddresses::succeeded(std::string_view login, std::string_view address, Time now) {
  const std::string key(login);
  const std::lock_guard lock(mutex_);
  if (!entries_.contains(key)) make_room();
  auto& seen = entries_[key];
  std::erase_if(seen, [&](const Seen& each) { return each.address == address; });
  if (seen.size() >= kPerLogin) seen.erase(seen.begin());
  seen.push_back({std::string(address), now});
}

std::size_t KnownAddresses::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void KnownAddresses::make_room() {
  constexpr int kLookedAt = 16;
  if (entries_.size() < most_) return;
  auto oldest = entries_.begin();
  auto it = oldest;
  for (int looked = 0; looked < kLookedAt && it != entries_.end(); ++looked, ++it)
    if (it->second.back().last < oldest->second.back().last) oldest = it;
  entries_.erase(oldest);
}

}  // namespace berth::identity
