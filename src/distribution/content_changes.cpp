#include "distribution/content_changes.h"

namespace berth::distribution {

/// A change whose transaction is under way: owned by the transaction's hooks, so that it ends with it, committed or not.
class ContentChanges::Pending {
 public:
  Pending(ContentChanges& changes, std::size_t slot) : changes_(changes), slot_(slot) {}
  // Rolled back, most likely; but a connection that broke during COMMIT leaves the question open.
  ~Pending() { changes_.date(slot_); }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

  void committed() { changes_.date(slot_); }

 private:
  ContentChanges& changes_;
  std::size_t slot_;
};

ContentChanges::ContentChanges() : changed_(std::make_unique<std::atomic<Moment>[]>(kSlots + 1)) {}

std::size_t ContentChanges::slot_of(RepositoryId repository) {
  return static_cast<std::uint64_t>(repository.value()) * 0x9E3779B97F4A7C15ULL >> 49;  // the upper 15 bits
}

std::size_t ContentChanges::slot_of(RepositoryId repository, const Tag& tag) {
  const auto mixed = std::hash<Tag>{}(tag) ^ (static_cast<std::uint64_t>(repository.value()) + 1) * 0x9E3779B97F4A7C15ULL;
  return mixed * 0xD6E8FEB86659FD93ULL >> 49;
}

void ContentChanges::date_at_end(db::Connection& tx, std::size_t slot) {
  tx.after_commit([pending = std::make_shared<Pending>(*this, slot)] { pending->committed(); });
}

// The slot keeps the later of two dates, in whatever order they are written: a reader that began between them must see
// the second.
void ContentChanges::date(std::size_t slot) {
  const auto moment = clock_.fetch_add(1) + 1;
  auto& last = changed_[slot];
  for (auto known = last.load(); known < moment && !last.compare_exchange_weak(known, moment);) {
  }
}

bool ContentChanges::unchanged(RepositoryId repository, Moment moment) const {
  return quiet(slot_of(repository), moment) && quiet(kAll, moment);
}

bool ContentChanges::unchanged(RepositoryId repository, const Tag& tag, Moment moment) const {
  return unchanged(repository, moment) && quiet(slot_of(repository, tag), moment);
}

}  // namespace berth::distribution
