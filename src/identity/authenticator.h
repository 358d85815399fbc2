#pragma once

#include "access/snapshot.h"
#include "access/subject.h"
#include "http/message.h"

namespace berth::identity {

/// Where credentials may come from: /v2 takes Basic and Bearer; /api/v1 also the session cookie (with its CSRF header
/// on anything but GET and HEAD). Registry tokens are good on /v2 only.
enum class Surface { kRegistry, kApi };

/// Tells who sends a request. No credentials at all is Anonymous, a value; wrong, expired or foreign ones are
/// kUnauthenticated. Thread-safe. Machine secrets are looked up in the snapshot by their hash; passwords cost an
/// argon2id the first time and a keyed hash look-up while the verified-password cache (bounded, a minute) holds them;
/// registry tokens cost a signature once (verified-token cache, bounded).
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  virtual Result<access::Subject> authenticate(const http::Request& request, Surface surface,
                                               const access::Snapshot& snapshot, Time now) = 0;
  /// What authenticate() gives on /v2, where memory alone can tell: no credentials, or a registry token that was
  /// verified before. nullopt: ask authenticate(). Never waits.
  virtual std::optional<access::Subject> recall(const http::Request& /*request*/, const access::Snapshot& /*snapshot*/,
                                                Time /*now*/) {
    return std::nullopt;
  }
};

}  // namespace berth::identity
