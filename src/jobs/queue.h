#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"

/// A durable queue of things to look at again, later. An event enqueues its item in its own transaction; a worker takes
/// what is due in a short transaction, works in others, and ticks the item off in the one that does the work. So an
/// item is worked on at least once, and only by one worker at a time while none takes longer than its lease.
///
/// Locks (PostgreSQL): take_due() waits for nobody; every other function locks the item's row, after all rows of the
/// caller's own.
namespace berth::jobs {

/// What an item is called. One row per key: events on the same thing meet.
struct Key {
  std::string_view topic;  // "link.pushed"
  std::int64_t owner = 0;  // a repository, a blob: what the topic says
  std::string_view subject = {};
};

struct Item {
  std::string topic;
  std::int64_t owner = 0;
  std::string subject;
  Time since;  // of the newest event
  std::int64_t revision = 0;

  [[nodiscard]] Key key() const { return {topic, owner, subject}; }
};

/// An event: from `due` on the item is to be looked at. One that is there already keeps the earlier of the two times.
void enqueue(db::Connection& tx, const Key& key, Time due, Time since);
inline void enqueue(db::Connection& tx, const Key& key, Time now) {
  enqueue(tx, key, now, now);
}

/// At most `limit` items that were due at `due`, the longest first, taken until `until`: if nothing ticks them off
/// before, they are due again then.
[[nodiscard]] std::vector<Item> take_due(db::Connection& tx, std::string_view topic, Time due, std::size_t limit,
                                         Time until);
/// Ticks the item off; leaves it alone when a newer event has come since it was taken.
void done(db::Connection& tx, const Item& item);
/// To be looked at again at `until`, or when a newer event says so.
void postpone(db::Connection& tx, const Item& item, Time until);

/// Items of the topic, due or not, without taking them: for previews.
[[nodiscard]] std::vector<Item> peek(db::Connection& tx, std::string_view topic, std::size_t limit);

struct Depth {
  std::int64_t due = 0;
  std::int64_t all = 0;
};
[[nodiscard]] Depth depth(db::Connection& tx, std::string_view topic, Time due);
[[nodiscard]] bool any_due(db::Connection& tx, std::string_view topic, Time due);

}  // namespace berth::jobs
