#pragma once

#include <optional>

#include "db/database.h"
#include "distribution/caller.h"

/// Tags: rows of a locked repository. Moving one is a single row's change in the transaction of the manifest.
namespace berth::distribution {

/// Which conditions a request sets on what it replaces (RFC 9110, 13.1). For a tag: `If-None-Match: *` when it must be
/// new, `If-Match: "<digest>"` when it must still be where the client last saw it.
struct Preconditions {
  std::optional<std::string> if_match;
  std::optional<std::string> if_none_match;

  static Preconditions of(const http::Request& request);
  [[nodiscard]] bool any() const { return if_match || if_none_match; }
  /// kPreconditionFailed when `current` is not what they want; `what` names it.
  [[nodiscard]] Result<void> check(std::string_view what, const std::optional<Digest>& current) const;
};

struct TagRow {
  ManifestId manifest;
  Digest digest;
};
[[nodiscard]] std::optional<TagRow> find_tag(db::Connection& tx, RepositoryId repository, const Tag& tag);

/// Points the tag at the manifest; tells where it pointed before, or nullopt when it is new.
std::optional<Digest> set_tag(db::Connection& tx, const Caller& caller, RepositoryId repository, const Tag& tag,
                              const TagRow& target);

}  // namespace berth::distribution
