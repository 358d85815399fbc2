#include <fcntl.h>
#include <unistd.h>

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "db/session.h"

namespace berth::db {
namespace {

namespace api = sqlite_api;

constexpr std::string_view kEverySession =
    "PRAGMA busy_timeout = 5000;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA cache_size = -8000;"  // KiB
    "PRAGMA synchronous = FULL;";

bool worth_a_retry(int code) {
  constexpr std::array kUnavailable = {SQLITE_BUSY,  SQLITE_LOCKED,   SQLITE_FULL,     SQLITE_IOERR,
                                       SQLITE_NOMEM, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PROTOCOL};
  return std::ranges::find(kUnavailable, code & 0xff) != kUnavailable.end();
}

class SqliteSession final : public Session {
 public:
  explicit SqliteSession(std::unique_ptr<soci::session> connection) : Session(std::move(connection)) {}
  ~SqliteSession() override { forget_statements(); }

  [[nodiscard]] Dialect dialect() const override { return Dialect::kSqlite; }

  void command(const std::string& sql) override {
    if (api::sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      fail(api::sqlite3_errmsg(handle()), sql);
  }

 private:
  [[nodiscard]] api::sqlite3* handle() {
    return static_cast<soci::sqlite3_session_backend*>(connection().get_backend())->conn_;
  }

  [[noreturn]] void raise(const soci::soci_error& error, std::string_view sql) override {
    // Not what(): its context holds the values of the parameters.
    fail(error.get_error_message(), sql);
  }

  [[noreturn]] void fail(std::string_view message, std::string_view sql) {
    const int code = api::sqlite3_extended_errcode(handle());
    const auto text = fmt::format("SQLite: {} (code {}) in: {}", message, code, sql);
    switch (code) {
      case SQLITE_CONSTRAINT_UNIQUE:
      case SQLITE_CONSTRAINT_PRIMARYKEY:
      case SQLITE_CONSTRAINT_ROWID:
        throw UniqueViolation(text);
      case SQLITE_CONSTRAINT_FOREIGNKEY:
        throw ForeignKeyViolation(text);
      default:
        break;
    }
    if (const int kind = code & 0xff; kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN || kind == SQLITE_CORRUPT)
      mark_broken();
    throw Failure(text, worth_a_retry(code));
  }

  void release(soci::statement& statement) override {
    // An unfinished SELECT would keep its snapshot of the file open and the write-ahead log from being folded in.
    api::sqlite3_reset(static_cast<soci::sqlite3_statement_backend*>(statement.get_backend())->stmt_);
  }
};

// The log and its index take their permissions from the database file: nobody else reads what is in them.
// Never opened when it is there: closing a descriptor of a file ends all POSIX locks that this process has on it, those
// of SQLite's other connections too. Another process would then take itself for the last one, and the log away.
void create_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno == EEXIST) return;
  if (file < 0) throw Failure(fmt::format("cannot open {}: {}", path, std::generic_category().message(errno)), true);
  ::close(file);
}

void use_write_ahead_log(Session& session) {
  std::string mode;
  const std::array<Column, 1> columns{&mode};
  // 16 MiB of log between two folds into the file; what a burst has made it grow by is given back.
  session.command("PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864");
  session.run("PRAGMA journal_mode = WAL", {}, columns, [] {});
  if (mode != "wal") throw Failure("SQLite cannot keep a write-ahead log on this file system", false);
}

}  // namespace

std::unique_ptr<Session> connect_sqlite(const std::string& path, SqliteRole role) {
  if (path.empty() || path.find('"') != std::string::npos)
    throw Failure(fmt::format("not a path for the database: '{}'", path), false);
  if (role == SqliteRole::kWriter) create_private(path);
  std::unique_ptr<soci::session> connection;
  try {
    connection = std::make_unique<soci::session>(soci::sqlite3, fmt::format("dbname=\"{}\"", path));
  } catch (const soci::soci_error& error) {
    throw Failure(fmt::format("cannot open {}: {}", path, error.get_error_message()), true);
  }
  auto session = std::make_unique<SqliteSession>(std::move(connection));
  session->command(std::string(kEverySession));
  if (role == SqliteRole::kWriter)
    use_write_ahead_log(*session);
  else
    session->command("PRAGMA query_only = ON");
  return session;
}

}  // namespace berth::db
