#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "distribution/open_upload.h"

namespace berth::distribution {

/// Every upload of this registry: opens them, tells about them, and clears away what was abandoned.
///
/// An upload belongs to its repository and to who started it: anybody else is told kUploadUnknown (CVE-2026-32589's
/// class). Within one process one request at a time works on it; the next is told kConflict. Any thread.
class UploadSessions {
 public:
  explicit UploadSessions(UploadParts parts) : parts_(parts) {}

  struct Status {
    std::string id;
    std::int64_t received = 0;
  };
  /// kQuota when the space is full already, kTooManyRequests when very many of its uploads are open.
  [[nodiscard]] Result<Status> start(const Caller& caller, const Place& place, DigestAlgorithm algorithm);
  [[nodiscard]] Result<Status> status(const Caller& caller, const Place& place, std::string_view id);
  [[nodiscard]] Result<void> cancel(const Caller& caller, const Place& place, const std::string& id);
  /// For one request that brings bytes.
  [[nodiscard]] Result<std::unique_ptr<OpenUpload>> open(const Caller& caller, const Place& place,
                                                         const std::string& id);
  /// For a push in one request: it has no row, and is over when the request is. kQuota when the space is overdrawn.
  [[nodiscard]] Result<std::unique_ptr<OpenUpload>> single(const Caller& caller, const Place& place,
                                                           const Digest& digest);

  /// Ends uploads whose time is over, and drops bytes that no row speaks of any more. For a periodic call; does a
  /// bounded part of the work and tells how many went.
  std::size_t expire(Time now);

 private:
  struct Claimed {
    UploadRow row;
    UploadClaims::Claim claim;
  };
  [[nodiscard]] Result<Claimed> claim(const Caller& caller, const Place& place, const std::string& id);
  [[nodiscard]] Result<UploadRow> find(const Caller& caller, const Place& place, std::string_view id);
  /// The row alone: there are no bytes, or somebody else forgets them.
  void forget(const std::string& id);
  std::size_t expire_rows(Time now);
  std::size_t expire_some(const std::vector<std::string>& ids, Time now);
  std::size_t drop_leftovers(Time now);

  UploadParts parts_;
  UploadClaims claims_;
};

}  // namespace berth::distribution
