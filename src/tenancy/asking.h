#pragma once

#include "access/decider.h"
#include "events/events.h"
#include "http/route.h"

namespace berth::tenancy {

/// Who asks, when, and on which snapshot: all that a handler needs of a request besides its input. Made once per
/// request; it holds the snapshot alive.
struct Asking {
  access::Subject subject;
  access::SnapshotPtr snapshot;
  Time now;
  events::Actor actor;

  static Asking of(const http::Call& call) { return {call.subject, call.snapshot, call.now, call.actor}; }

  [[nodiscard]] access::Decider decider() const { return {*snapshot, now}; }
  [[nodiscard]] bool may(access::Action action, const access::Target& what) const {
    return decider().may(subject, action, what);
  }
};

}  // namespace berth::tenancy
