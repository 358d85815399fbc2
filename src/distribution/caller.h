#pragma once

#include <string>
#include <string_view>

#include "access/decider.h"
#include "base/names.h"
#include "events/events.h"
#include "http/route.h"

namespace berth::distribution {

/// Who acts, on which snapshot, since when: copied out of the request, because a body may take longer than the
/// request's own objects live. The snapshot is that of the request's start: a long upload outlives the token that
/// opened it. Whether its sender still may, http/core.h asks again when the body has ended.
struct Caller {
  access::Subject subject;
  access::SnapshotPtr snapshot;
  Time now;
  events::Actor actor;

  static Caller of(const http::Call& call);
  [[nodiscard]] access::Decider decider() const { return {*snapshot, now}; }
  /// Whose an upload is: the subject without its token's scope, so that a fresh token goes on where the old one
  /// stopped.
  [[nodiscard]] std::string owner() const;
};

/// Where a repository is or would be.
struct Place {
  SpaceId space;
  RepositoryName name;
};

/// The repository of the embedded registry that `name` speaks of; kNameUnknown when there is no such space.
[[nodiscard]] Result<Place> find_place(const access::Snapshot& snapshot, std::string_view name);
/// From {name+}. The guard has resolved it before.
[[nodiscard]] Result<Place> place_of(const http::Call& call);

/// An error as a response of the registry; its detail goes to the log. For sinks, which have no call any more.
[[nodiscard]] http::Response refusal(const Caller& caller, const Error& error);

}  // namespace berth::distribution
