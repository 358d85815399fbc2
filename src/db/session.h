#pragma once

#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "db/database.h"

namespace soci {
class session;
class soci_error;
class statement;
}  // namespace soci

namespace berth::db {

/// A transaction that lost against another one (serialization failure, deadlock): it is run again.
class Conflict : public Failure {
 public:
  explicit Conflict(std::string what) : Failure(std::move(what), true) {}
};

/// One open connection with its prepared statements. Internal to db, and the only place that knows SOCI.
///
/// One thread at a time. Once broken() it is only good for being thrown away.
class Session {
 public:
  virtual ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] virtual Dialect dialect() const = 0;

  /// As Connection::run(). The statement is prepared once and kept, the least recently used making room.
  std::int64_t run(std::string_view sql, std::span<const Param> params, std::span<const Column> columns,
                   const std::function<void()>& on_row);

  /// Statements without parameters, one or several, given to the database as they are: BEGIN, PRAGMA, a migration.
  virtual void command(const std::string& sql) = 0;

  /// Ends the transaction, if one is open. Never throws: what fails to roll back is broken.
  void roll_back() noexcept;

  [[nodiscard]] bool broken() const { return broken_; }

 protected:
  explicit Session(std::unique_ptr<soci::session> connection);
  [[nodiscard]] soci::session& connection() { return *connection_; }
  void mark_broken() { broken_ = true; }

  /// Throws what the seam promises for an error of this database.
  [[noreturn]] virtual void raise(const soci::soci_error& error, std::string_view sql) = 0;
  /// Lets go of what a finished statement holds: locks, result rows.
  virtual void release(soci::statement& statement) = 0;
  /// Subclasses call it in their destructor, while the connection is still whole.
  void forget_statements();

 private:
  struct Prepared;
  class Execution;

  Prepared& prepare(std::string_view sql);

  std::unique_ptr<soci::session> connection_;
  std::list<Prepared> prepared_;  // most recently used first
  std::unordered_map<std::string_view, std::list<Prepared>::iterator> by_text_;
  bool broken_ = false;
};

/// SQLite: the file at `path`. The writer may create it; readers are refused every write.
enum class SqliteRole { kWriter, kReader };
[[nodiscard]] std::unique_ptr<Session> connect_sqlite(const std::string& path, SqliteRole role);

/// The URI with what bounds the waiting for a server that is gone; what it says itself stands. It also has a '=' then,
/// without which SOCI 4.0 would append one to the name of the database.
[[nodiscard]] std::string with_defaults(std::string uri);

/// PostgreSQL: libpq's connection URI. Throws Failure (unavailable) when nobody answers within five seconds.
[[nodiscard]] std::unique_ptr<Session> connect_postgres(const std::string& uri);

}  // namespace berth::db
