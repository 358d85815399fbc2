#pragma once

#include <optional>
#include <string_view>

#include "db/database.h"
#include "distribution/caller.h"

namespace berth::distribution {

/// Makes a blob of one repository exist in another without a transfer. It needs pull on the source, decided for this
/// caller now: a digest alone proves nothing (CVE-2024-39897). Any thread.
class Mounts {
 public:
  explicit Mounts(db::Database& database) : database_(database) {}

  /// `from` is the source's name as the client wrote it; without one, any repository that the caller may pull will do.
  /// False when there is no such source for this caller, whatever the reason: the client uploads then, and learns
  /// nothing. An error only when the caller may not push to `target` (any more).
  [[nodiscard]] Result<bool> mount(const Caller& caller, const Place& target, const Digest& digest,
                                   std::optional<std::string_view> from);

 private:
  [[nodiscard]] std::optional<RepositoryId> source(const Caller& caller, const Place& target, const Digest& digest,
                                                   std::optional<std::string_view> from);

  db::Database& database_;
};

}  // namespace berth::distribution
