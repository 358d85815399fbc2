#pragma once

#include <string>

namespace berth::db::testing {

/// A PostgreSQL for this test process: started when first asked for, stopped and removed at exit. It listens on a
/// socket in its own directory only. BERTH_TEST_POSTGRES (a connection URI of a running server) takes its place. Throws
/// std::runtime_error when there is neither.
class PostgresServer {
 public:
  static PostgresServer& instance();
  virtual ~PostgresServer() = default;

  /// A new database; `migrated`: a copy of one that has the schema.
  virtual std::string create_database(bool migrated) = 0;
  virtual void drop_database(const std::string& uri) = 0;
};

}  // namespace berth::db::testing
