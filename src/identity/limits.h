#pragma once

#include <optional>

#include "access/snapshot.h"
#include "access/subject.h"

namespace berth::identity {

/// The most that a subject may hand on to a credential which it makes or changes: what a token or a robot holds itself.
/// A person who signed in with a password or a session is limited by the access rule alone.
class Limits {
 public:
  static Limits of(const access::Subject& subject, const access::Snapshot& snapshot);

  /// kDenied when a credential with `grants`, good until `expires_at`, could do something that the subject cannot, or
  /// could do it for longer.
  [[nodiscard]] Result<void> check(const access::Grants& grants, std::optional<Time> expires_at) const;

  /// True for a token or a robot. Such a subject sets no passwords and no platform roles: both outlive it.
  [[nodiscard]] bool limited() const { return limited_; }

 private:
  bool limited_ = false;
  access::Grants grants_;
  std::optional<Time> expires_at_;
};

}  // namespace berth::identity
