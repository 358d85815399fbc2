#pragma once

#include "access/snapshot.h"
#include "access/subject.h"
#include "access/trace.h"

namespace berth::access {

/// Who asks, looked up in the snapshot of this decision. Exactly one of the first four is set, or none: then the
/// subject is no longer good for anything (disabled, expired, revoked, gone). The pointers live as long as snapshot and
/// subject.
struct Asker {
  bool anonymous = false;
  const User* person = nullptr;           // a user, or what acts for one
  const Workspace* editor_of = nullptr;   // a workspace's robot: may do what an editor of the workspace may
  const Namespace* name_space = nullptr;  // a namespace's pull credential

  const Grants* grants = nullptr;  // of the token or robot; never more than these
  const Scope* scope = nullptr;    // of the registry token; never more than this

  [[nodiscard]] bool good() const { return anonymous || person || editor_of || name_space; }
  /// May use the REST API, as far as the kind of subject goes.
  [[nodiscard]] bool signed_in() const { return person || editor_of; }
  [[nodiscard]] bool administrator() const { return person && person->platform_role == PlatformRole::kAdministrator; }
  /// Administrator or auditor.
  [[nodiscard]] bool sees_platform() const { return person && person->platform_role != PlatformRole::kNone; }
};

[[nodiscard]] Asker identify(const Snapshot& snapshot, Time now, const Subject& subject, Trace& trace);

}  // namespace berth::access
