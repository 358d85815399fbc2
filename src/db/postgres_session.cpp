#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include "db/session.h"

namespace berth::db {
namespace {

// Waiting for a row lock is bounded, and so is a transaction whose client hangs. Where the server is set up to confirm
// commits before they are durable, this session is not.
constexpr std::string_view kEverySession =
    "SET lock_timeout = '10s';"
    "SET idle_in_transaction_session_timeout = '60s';"
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

bool conflict(std::string_view state) {
  return state == "40001" || state == "40P01";
}

/// A failover has made the server a standby under us: it refuses a write (25006), or a transaction that is to write
/// (0A000). A plan that the schema has outlived is 0A000, too. The next connection finds the primary, or a new plan.
bool stale_connection(std::string_view state) {
  return state == "25006" || state == "0A000";
}

/// Connection lost, server going down or starting, out of disk or connections, lock or statement timed out.
bool worth_a_retry(std::string_view state) {
  constexpr std::string_view kFromLibpq = "     ";  // SOCI's, where no server has said anything: the connection broke
  return state == kFromLibpq || state.starts_with("08") || state.starts_with("53") || state.starts_with("57") ||
         state.starts_with("58") || state == "55P03" || state == "25P03" || stale_connection(state);
}

class PostgresSession final : public Session {
 public:
  explicit PostgresSession(std::unique_ptr<soci::session> connection) : Session(std::move(connection)) {
    // Without DETAIL lines: they quote the values.
    PQsetErrorVerbosity(handle(), PQERRORS_TERSE);
    PQsetNoticeProcessor(handle(), [](void*, const char*) {}, nullptr);
  }
  ~PostgresSession() override {
    // The server forgets the statements with the connection: no need to take leave of each.
    PQfinish(std::exchange(backend().conn_, nullptr));
    forget_statements();
  }

  [[nodiscard]] Dialect dialect() const override { return Dialect::kPostgres; }

  void command(const std::string& sql) override {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(handle(), sql.c_str()), &PQclear);
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
    const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    fail(state == nullptr ? "" : state, PQerrorMessage(handle()), sql);
  }

 private:
  [[nodiscard]] soci::postgresql_session_backend& backend() {
    return *static_cast<soci::postgresql_session_backend*>(connection().get_backend());
  }
  [[nodiscard]] PGconn* handle() { return backend().conn_; }

  [[noreturn]] void raise(const soci::soci_error& error, std::string_view sql) override {
    const auto* known = dynamic_cast<const soci::postgresql_soci_error*>(&error);
    // Not what(): its context holds the values of the parameters.
    fail(known == nullptr ? "" : known->sqlstate(), error.get_error_message(), sql);
  }

  [[noreturn]] void fail(std::string_view state, std::string_view message, std::string_view sql) {
    const auto text = fmt::format("PostgreSQL: {} (state {}) in: {}", message, state, sql);
    if (state == "23505") throw UniqueViolation(text);
    if (state == "23503") throw ForeignKeyViolation(text);
    if (conflict(state)) throw Conflict(text);
    // Whatever it was, a fresh connection is free of it: a stale plan, a server that went down or became a standby.
    mark_broken();
    throw Failure(text, PQstatus(handle()) != CONNECTION_OK || worth_a_retry(state));
  }

  void release(soci::statement& statement) override {
    static_cast<soci::postgresql_statement_backend*>(statement.get_backend())->result_.reset();
  }
};

}  // namespace

std::string with_defaults(std::string uri) {
  // Of several hosts the one that can be written to: a standby would be read from, late, and tells no news.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kDefaults = {
      {{"application_name", "berth"},
       {"client_encoding", "UTF8"},
       {"connect_timeout", "5"},
       {"keepalives_idle", "10"},
       {"keepalives_interval", "5"},
       {"tcp_user_timeout", "15000"},
       {"target_session_attrs", "primary"}}};
  for (const auto& [key, value] : kDefaults) {
    if (uri.find(fmt::format("{}=", key)) != std::string::npos) continue;
    uri += fmt::format("{}{}={}", uri.find('?') == std::string::npos ? '?' : '&', key, value);
  }
  return uri;
}

std::unique_ptr<Session> connect_postgres(const std::string& uri) {
  std::unique_ptr<soci::session> connection;
  try {
    connection = std::make_unique<soci::session>(soci::postgresql, with_defaults(uri));
  } catch (const soci::soci_error& error) {
    throw Failure(fmt::format("PostgreSQL: {}", error.get_error_message()), true);
  }
  auto session = std::make_unique<PostgresSession>(std::move(connection));
  session->command(std::string(kEverySession));
  return session;
}

}  // namespace berth::db
