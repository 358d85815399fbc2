#pragma once

#include "db/listener.h"
#include "db/session_pool.h"
#include "db/transaction.h"

namespace berth::db {

/// PostgreSQL: a pool of connections. Writers run at READ COMMITTED and lock what they depend on; readers see one
/// snapshot (REPEATABLE READ).
class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(const std::string& uri, std::size_t connections, OldSchema old_schema);

  [[nodiscard]] Dialect dialect() const override { return Dialect::kPostgres; }
  void check_health() override;
  void listen(std::string channel, std::function<void()> wake) override;
  void follow(std::string channel, std::shared_ptr<Follower> follower) override;

  /// The commands around a transaction.
  struct Frame {
    const char* begin;
    const char* commit;
  };

 private:
  [[nodiscard]] Listener& listener();
  void run_write(const std::function<bool(Connection&)>& work) override;
  void run_read(const std::function<void(Connection&)>& work) override;
  void run(const Frame& frame, const std::function<bool(Connection&)>& work);
  [[nodiscard]] Hooks attempt(const Frame& frame, const std::function<bool(Connection&)>& work);

  const std::string uri_;
  SessionPool pool_;
  std::mutex listener_mutex_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace berth::db
