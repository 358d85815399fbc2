#include "distribution/content_changes.h"

#include <atomic>
#include <charconv>

namespace berth::distribution {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::string_view kChannel = "berth_content";
// How old the news may be; a replica that hears nothing for longer asks the database.
constexpr std::chrono::seconds kMostStale(1);

constexpr unsigned kSlotBits = 15;
constexpr std::size_t kSlots = std::size_t{1} << kSlotBits;
constexpr std::size_t kAll = kSlots;

// The same in all replicas, which name slots to each other: no std::hash.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ value >> 31) * 0x9E3779B97F4A7C15ULL;
  return value ^ value >> 29;
}

std::size_t slot_of(RepositoryId repository) {
  return mix(static_cast<std::uint64_t>(repository.value())) >> (64 - kSlotBits);
}

std::size_t slot_of(RepositoryId repository, const Tag& tag) {
  auto value = mix(static_cast<std::uint64_t>(repository.value()) + 1);
  for (const char c : tag.text()) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;  // FNV-1a
  return mix(value) >> (64 - kSlotBits);
}

}  // namespace

/// The order of changes, and the last of each slot.
class ContentChanges::Dates final : public db::Follower {
 public:
  explicit Dates(db::Dialect dialect) : alone_(dialect == db::Dialect::kSqlite) {}

  [[nodiscard]] Moment now() const { return clock_.load(); }
  [[nodiscard]] bool quiet(std::size_t slot, Moment moment) const {
    return changed_[slot].load() <= moment && changed_[kAll].load() <= moment;
  }
  [[nodiscard]] bool complete() const {
    return alone_ || Steady::now().time_since_epoch().count() < good_until_.load();
  }

  // The slot keeps the later of two dates, in whatever order they are written: a reader that began between them must
  // see the second.
  void date(std::size_t slot) {
    const auto moment = clock_.fetch_add(1) + 1;
    auto& last = changed_[slot];
    for (auto known = last.load(); known < moment && !last.compare_exchange_weak(known, moment);) {
    }
  }

  void began() override { date(kAll); }
  void heard(std::string_view payload) override {
    std::size_t slot = kAll;
    const auto parsed = std::from_chars(payload.data(), payload.data() + payload.size(), slot);
    date(parsed.ec == std::errc() && slot < kSlots ? slot : kAll);
  }
  void up_to_date(Steady::time_point moment) override {
    good_until_ = (moment + kMostStale).time_since_epoch().count();
  }
  void lost() override { good_until_ = 0; }

 private:
  const bool alone_;
  std::atomic<Moment> clock_ = 0;
  std::array<std::atomic<Moment>, kSlots + 1> changed_{};
  std::atomic<Steady::rep> good_until_ = 0;
};

/// A change whose transaction is under way: owned by the transaction's hooks, so that it ends with it, committed or
/// not.
class ContentChanges::Pending {
 public:
  Pending(std::shared_ptr<Dates> dates, std::size_t slot) : dates_(std::move(dates)), slot_(slot) {}
  // Rolled back, most likely; but a connection that broke during COMMIT leaves the question open.
  ~Pending() { dates_->date(slot_); }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

  void committed() const { dates_->date(slot_); }

 private:
  std::shared_ptr<Dates> dates_;
  std::size_t slot_;
};

ContentChanges::ContentChanges(db::Database& database) : dates_(std::make_shared<Dates>(database.dialect())) {
  database.follow(std::string(kChannel), dates_);
}

void ContentChanges::date_at_end(db::Connection& tx, std::size_t slot) {
  tx.notify(kChannel, std::to_string(slot));
  tx.after_commit([pending = std::make_shared<Pending>(dates_, slot)] { pending->committed(); });
}

void ContentChanges::touch(db::Connection& tx, RepositoryId repository) {
  date_at_end(tx, slot_of(repository));
}

void ContentChanges::touch(db::Connection& tx, RepositoryId repository, const Tag& tag) {
  date_at_end(tx, slot_of(repository, tag));
}

void ContentChanges::touch_all(db::Connection& tx) {
  date_at_end(tx, kAll);
}

bool ContentChanges::complete() const {
  return dates_->complete();
}

ContentChanges::Moment ContentChanges::now() const {
  return dates_->now();
}

bool ContentChanges::unchanged(RepositoryId repository, Moment moment) const {
  return dates_->complete() && dates_->quiet(slot_of(repository), moment);
}

bool ContentChanges::unchanged(RepositoryId repository, const Tag& tag, Moment moment) const {
  return unchanged(repository, moment) && dates_->quiet(slot_of(repository, tag), moment);
}

}  // namespace berth::distribution
