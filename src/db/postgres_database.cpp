#include "db/postgres_database.h"

#include <random>

#include "db/migrations.h"

namespace berth::db {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 5s;
constexpr int kAttempts = 8;

constexpr PostgresDatabase::Frame kRead{.begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", .commit = "COMMIT"};

// Row locks are held while the statements run, and not while the disk syncs: the COMMIT itself gives them back at once.
// Durable it is when the message behind it is, which commits as the session is set up to (docs/decisions/0011). One
// string, so that both are done by the same server or by none.
constexpr PostgresDatabase::Frame kWrite{
    .begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL synchronous_commit = off",
    .commit = "COMMIT; SELECT pg_logical_emit_message(true, 'berth', '')"};

// Two transactions that met in a deadlock must not meet again in step.
void step_aside(int attempt) {
  thread_local std::minstd_rand random(std::random_device{}());
  std::this_thread::sleep_for(std::chrono::microseconds(random() % (2000U << attempt)));
}

}  // namespace

PostgresDatabase::PostgresDatabase(const std::string& uri, std::size_t connections, OldSchema old_schema)
    : uri_(uri),
      pool_(connections, kPatience, [uri] { return connect_postgres(uri); }) {
  auto session = pool_.take();
  if (old_schema == OldSchema::kMigrate)
    migrate(*session, embedded_migrations());
  else
    require_newest(*session, embedded_migrations());
}

void PostgresDatabase::check_health() {
  run_read([](Connection& connection) { connection.one<std::int64_t>("SELECT COUNT(*) FROM schema_migrations"); });
}

void PostgresDatabase::listen(std::string channel, std::function<void()> wake) {
  listener().subscribe(std::move(channel), std::move(wake));
}

void PostgresDatabase::follow(std::string channel, std::shared_ptr<Follower> follower) {
  listener().follow(std::move(channel), std::move(follower));
}

Listener& PostgresDatabase::listener() {
  const std::lock_guard lock(listener_mutex_);
  if (!listener_) listener_ = std::make_unique<Listener>(uri_);
  return *listener_;
}

void PostgresDatabase::run_write(const std::function<bool(Connection&)>& work) {
  run(kWrite, work);
}

void PostgresDatabase::run_read(const std::function<void(Connection&)>& work) {
  run(kRead, [&](Connection& connection) {
    work(connection);
    return true;
  });
}

void PostgresDatabase::run(const Frame& frame, const std::function<bool(Connection&)>& work) {
  for (int tries = 1;; ++tries) {
    try {
      return run_hooks(attempt(frame, work));
    } catch (const Conflict&) {
      if (tries == kAttempts) throw;
    }
    step_aside(tries);
  }
}

Hooks PostgresDatabase::attempt(const Frame& frame, const std::function<bool(Connection&)>& work) {
  auto session = pool_.take();
  try {
    session->command(frame.begin);
  } catch (const Failure&) {
    // It died while it lay idle: nothing has been done yet that a new one could not do.
    session.reconnect();
    session->command(frame.begin);
  }
  return run_transaction(*session, work, frame.commit);
}

}  // namespace berth::db
