#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

namespace berth::integrity {

/// A quarantined blob, and what cannot be pulled whole because of it.
struct DamagedBlob {
  std::int64_t id = 0;
  std::string digest;
  std::int64_t size = 0;
  std::string damage;  // missing, size, content, unreadable
  Time found_at;
  struct Affected {
    std::string repository;         // shop/web
    std::vector<std::string> tags;  // also those of an index that lists the image
  };
  std::vector<Affected> repositories;  // at most kAffectedAtMost
};
inline constexpr std::int64_t kAffectedAtMost = 100;

/// A page, in the order of ids, behind `after`.
[[nodiscard]] std::vector<DamagedBlob> read_damaged(db::Connection& tx, std::int64_t after, std::size_t limit);

}  // namespace berth::integrity
