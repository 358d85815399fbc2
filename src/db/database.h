#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/ids.h"
#include "base/names.h"

/// The one seam to SQL. Statements are written once and run on SQLite and PostgreSQL: named parameters (`:space`), each
/// name once per statement, bound in the order in which they stand; no comments; casts as CAST(x AS BIGINT), never `::`
/// (std::logic_error otherwise). Times are milliseconds, flags are 0 and 1, digests and JSON are text: UTF-8 without
/// NUL.
namespace berth::db {

enum class Dialect { kSqlite, kPostgres };

/// A value bound to a parameter. Strings are viewed, not copied: they live until the call returns.
using Param = std::variant<std::nullptr_t, std::int64_t, std::string_view>;

inline Param to_param(std::nullptr_t) {
  return nullptr;
}
inline Param to_param(bool value) {
  return std::int64_t{value};
}
template <std::integral T>
  requires(!std::same_as<T, bool>)
Param to_param(T value) {
  return static_cast<std::int64_t>(value);
}
inline Param to_param(std::string_view value) {
  return value;
}
inline Param to_param(const std::string& value) {
  return std::string_view(value);
}
inline Param to_param(const char* value) {
  return std::string_view(value);
}
inline Param to_param(const Digest& value) {
  return std::string_view(value.text());
}
inline Param to_param(Time value) {
  return to_millis(value);
}
template <class Tag>
Param to_param(Id<Tag> value) {
  return value.value();
}
template <class Kind>
Param to_param(const Name<Kind>& value) {
  return std::string_view(value.text());
}
template <class T>
Param to_param(const std::optional<T>& value) {
  return value ? to_param(*value) : Param(nullptr);
}

/// Where a column is read into: std::int64_t or std::string, optional where the column may be NULL.
using Column = std::variant<std::int64_t*, std::string*, std::optional<std::int64_t>*, std::optional<std::string>*>;

/// One connection inside one transaction. It belongs to the thread that runs the transaction and dies with it.
/// Every method throws db::Failure when the database fails, db::UniqueViolation when a unique key stands in the way.
/// After a throw the transaction can only end: catch outside of it, or return an error. To go on past a key that is
/// taken, say ON CONFLICT.
class Connection {
 public:
  virtual ~Connection() = default;
  [[nodiscard]] virtual Dialect dialect() const = 0;

  /// Rows touched.
  template <class... Params>
  std::int64_t execute(std::string_view sql, const Params&... params) {
    const std::array<Param, sizeof...(Params)> bound{to_param(params)...};
    return run(sql, bound, {}, nullptr);
  }

  /// `auto rows = tx.query<std::int64_t, std::optional<std::string>>("SELECT id, note FROM …", space);`
  template <class... Columns, class... Params>
  std::vector<std::tuple<Columns...>> query(std::string_view sql, const Params&... params) {
    std::vector<std::tuple<Columns...>> rows;
    std::tuple<Columns...> row;
    const std::array<Param, sizeof...(Params)> bound{to_param(params)...};
    const auto columns = std::apply([](auto&... into) { return std::array<Column, sizeof...(into)>{&into...}; }, row);
    run(sql, bound, columns, [&] { rows.push_back(row); });
    return rows;
  }

  /// The first row, if there is one.
  template <class... Columns, class... Params>
  std::optional<std::tuple<Columns...>> one(std::string_view sql, const Params&... params) {
    auto rows = query<Columns...>(sql, params...);
    if (rows.empty()) return std::nullopt;
    return std::move(rows.front());
  }

  /// For statements whose parameter list is only known at run time. Rows delivered, or touched where there are no
  /// columns. `on_row` must not use this connection.
  virtual std::int64_t run(std::string_view sql, std::span<const Param> params, std::span<const Column> columns,
                           const std::function<void()>& on_row) = 0;

  /// Runs after this transaction has committed, in order, on this thread, before write() returns; never when it rolls
  /// back. What a hook throws is logged: the transaction stands.
  virtual void after_commit(std::function<void()> hook) = 0;

  /// Wakes the listeners of `channel` in all replicas when this transaction commits. SQLite has no other replicas.
  void notify(std::string_view channel) {
    if (dialect() == Dialect::kPostgres) execute("SELECT pg_notify(:channel, '')", channel);
  }

  /// The same with a few words for whoever follows the channel. Transactions that notify commit one after the other.
  void notify(std::string_view channel, std::string_view payload) {
    if (dialect() == Dialect::kPostgres) execute("SELECT pg_notify(:channel, :payload)", channel, payload);
  }

  /// For what others act on at once: nobody sees this transaction's changes before they are durable. Without it they
  /// may on PostgreSQL, some milliseconds before write() returns (docs/decisions/0011).
  void durable_before_visible() {
    if (dialect() == Dialect::kPostgres) execute("SET LOCAL synchronous_commit TO DEFAULT");
  }

  /// " FOR UPDATE" / " FOR SHARE" where rows can be locked; empty on SQLite, whose writer is alone anyway.
  [[nodiscard]] std::string_view for_update() const { return dialect() == Dialect::kPostgres ? " FOR UPDATE" : ""; }
  [[nodiscard]] std::string_view for_share() const { return dialect() == Dialect::kPostgres ? " FOR SHARE" : ""; }
};

/// The database is broken, gone, full or locked: the world, not the caller. One middleware turns it into 500 or 503.
class Failure : public std::runtime_error {
 public:
  Failure(const std::string& what, bool unavailable) : std::runtime_error(what), unavailable_(unavailable) {}
  /// True when trying later may help: connection lost, disk full, too busy.
  [[nodiscard]] bool unavailable() const { return unavailable_; }

 private:
  bool unavailable_;
};

/// A unique key or foreign key refused a write. Callers that expect it catch it and name what stands in the way.
class UniqueViolation : public std::runtime_error {
  using std::runtime_error::runtime_error;
};
class ForeignKeyViolation : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One who hears every payload on a channel, of this process, too, and knows how much of the news that is. Called from
/// one background thread.
class Follower {
 public:
  virtual ~Follower() = default;
  /// From now on everything is heard; what was notified before may have been missed.
  virtual void began() = 0;
  virtual void heard(std::string_view payload) = 0;
  /// All that was committed before `moment` has been heard. Several times a second while the connection is good.
  virtual void up_to_date(std::chrono::steady_clock::time_point moment) = 0;
  /// Nothing is heard any more, until the next began().
  virtual void lost() = 0;
};

/// SQLite (embedded default: WAL, synchronous=FULL, one writer, readers beside it) or PostgreSQL (a pool).
/// Any thread may call; a call blocks its thread until its transaction has ended.
class Database {
 public:
  virtual ~Database() = default;
  [[nodiscard]] virtual Dialect dialect() const = 0;

  /// Runs `work(Connection&)`, which returns a Result. A value commits, durably, before write() returns it; an error or
  /// an exception rolls back. On PostgreSQL `work` runs again after a serialization failure or a deadlock, so it must
  /// change nothing but the database.
  template <class Work>
  auto write(Work&& work) -> std::invoke_result_t<Work&, Connection&> {
    std::optional<std::invoke_result_t<Work&, Connection&>> result;
    run_write([&](Connection& connection) {
      result.emplace(work(connection));
      return result->has_value();
    });
    return std::move(*result);
  }

  /// Runs `work(Connection&)` on one consistent view of the data and returns what it returns. It must not write.
  template <class Work>
  auto read(Work&& work) -> std::invoke_result_t<Work&, Connection&> {
    std::optional<std::invoke_result_t<Work&, Connection&>> result;
    run_read([&](Connection& connection) { result.emplace(work(connection)); });
    return std::move(*result);
  }

  /// Throws Failure when the database does not answer.
  virtual void check_health() = 0;

  /// PostgreSQL: calls `wake` from a background thread when another replica has notified `channel`, and at least once a
  /// second (so that a lost notification costs a second, not an outage). SQLite: no other replica exists; does nothing.
  virtual void listen(std::string channel, std::function<void()> wake) = 0;
  /// PostgreSQL: for as long as the database is open. SQLite: no other replica exists; does nothing.
  virtual void follow(std::string channel, std::shared_ptr<Follower> follower) = 0;

 protected:
  /// `work` returns true to commit.
  virtual void run_write(const std::function<bool(Connection&)>& work) = 0;
  virtual void run_read(const std::function<void(Connection&)>& work) = 0;
};

/// `file:<path>` for SQLite, `postgres://…` for PostgreSQL (libpq's connection URI).
/// Connects, migrates forward to the newest schema (docs: src/db/migrations), and throws Failure when it cannot, or
/// when the schema is newer than this binary.
/// kRefuse, for tools beside a running server: a Failure when the schema is older, or there is no database at all.
enum class OldSchema { kMigrate, kRefuse };
struct Settings {
  std::string url;
  std::size_t connections = 8;
  OldSchema old_schema = OldSchema::kMigrate;
};
[[nodiscard]] std::unique_ptr<Database> open(const Settings& settings);

}  // namespace berth::db
