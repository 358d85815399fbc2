#include "identity/pending_checks.h"

namespace berth::identity {
namespace {

/// What is over stays until there is this much: several times what can be pending.
constexpr std::size_t kSweepAt = 1024;

}  // namespace

class PendingChecks::Place {
 public:
  Place(PendingChecks& owner, std::string key, CheckPtr check)
      : key_(std::move(key)),
        owner_(owner),
        check_(std::move(check)) {}
  ~Place() { owner_.leave(*this); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  friend class PendingChecks;
  const std::string key_;
  std::vector<std::string> counted_;  // where in addresses_
  PendingChecks& owner_;
  const CheckPtr check_;
};

Result<std::shared_ptr<void>> PendingChecks::wait(const std::string& key, const ClientAddress& address, From from) {
  const bool known = from == From::kKnown;
  std::shared_ptr<Place> place;  // goes after the lock: leave() takes it, too
  const std::lock_guard lock(mutex_);
  if (waiting_ >= (known ? limits_.all : limits_.strangers)) {
    auto error = Error::unavailable("too many people sign in at this moment: try again", "");
    error.retry_after = 1;
    return fail(std::move(error));
  }
  if (!known && !(has_room(address.own, key, limits_.address) && has_room(address.network, key, limits_.network)))
    return fail(Fault::kTooManyRequests, "too many logins from your network at this moment: try again");
  place = std::make_shared<Place>(*this, key, join_locked(key));
  ++waiting_;
  if (known) return place;
  for (const auto* each : {&address.own, &address.network}) {
    if (each->empty()) continue;
    ++addresses_[*each][key];
    place->counted_.push_back(*each);
  }
  return place;
}

PendingChecks::CheckPtr PendingChecks::join(const std::string& key) {
  const std::lock_guard lock(mutex_);
  return join_locked(key);
}

PendingChecks::CheckPtr PendingChecks::join_locked(const std::string& key) {
  if (checks_.size() >= kSweepAt) std::erase_if(checks_, [](const auto& entry) { return entry.second.expired(); });
  auto& entry = checks_[key];
  auto check = entry.lock();
  if (!check) entry = check = std::make_shared<Check>();
  return check;
}

bool PendingChecks::pending(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto it = checks_.find(key);
  return it != checks_.end() && !it->second.expired();
}

std::size_t PendingChecks::size() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

bool PendingChecks::has_room(const std::string& of, const std::string& key, std::size_t limit) const {
  const auto it = addresses_.find(of);
  return it == addresses_.end() || it->second.contains(key) || it->second.size() < limit;
}

void PendingChecks::leave(const Place& place) {
  const std::lock_guard lock(mutex_);
  --waiting_;
  for (const auto& each : place.counted_) {
    const auto keys = addresses_.find(each);
    const auto count = keys->second.find(place.key_);
    if (--count->second == 0) keys->second.erase(count);
    if (keys->second.empty()) addresses_.erase(keys);
  }
}

}  // namespace berth::identity
