#pragma once

#include <sys/types.h>

#include <string>

namespace berth::db::testing {

/// A PostgreSQL cluster in a temporary directory, without durability. As root it runs as user postgres, for PostgreSQL
/// refuses root. It dies with the thread that made it, even by kill -9, and otherwise in the destructor.
class ThrowawayCluster {
 public:
  ThrowawayCluster();
  ~ThrowawayCluster();
  ThrowawayCluster(const ThrowawayCluster&) = delete;
  ThrowawayCluster& operator=(const ThrowawayCluster&) = delete;

  /// The URI of its database "postgres".
  [[nodiscard]] std::string uri() const;

 private:
  void make_directory();
  void wait_until_ready() const;

  std::string directory_;
  pid_t server_ = -1;
};

}  // namespace berth::db::testing
