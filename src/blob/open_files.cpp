#include "blob/open_files.h"

namespace berth::blob {

std::optional<OpenFiles::Opened> OpenFiles::find(const ObjectName& name) {
  const std::lock_guard lock(guard_);
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  recent_.splice(recent_.begin(), recent_, found->second);
  return found->second->opened;
}

OpenFiles::Moment OpenFiles::now() const {
  const std::lock_guard lock(guard_);
  return moment_;
}

void OpenFiles::keep(const ObjectName& name, Opened opened, Moment since) {
  std::list<Entry> dropped;  // closed after the lock is gone
  const std::lock_guard lock(guard_);
  if (moment_ != since || by_name_.contains(name) || capacity_ == 0) return;
  if (recent_.size() == capacity_) {
    by_name_.erase(recent_.back().name);
    dropped.splice(dropped.begin(), recent_, std::prev(recent_.end()));
  }
  recent_.push_front(Entry{name, std::move(opened)});
  by_name_.emplace(name, recent_.begin());
}

void OpenFiles::forget(const ObjectName& name) {
  std::list<Entry> dropped;
  const std::lock_guard lock(guard_);
  ++moment_;
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return;
  dropped.splice(dropped.begin(), recent_, found->second);
  by_name_.erase(found);
}

}  // namespace berth::blob
