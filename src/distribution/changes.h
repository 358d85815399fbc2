#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "db/database.h"
#include "distribution/caller.h"

namespace berth::distribution {

/// What happened to content, said once for both readers: the outbox (webhooks, streams) and the audit log (people).
struct ContentChange {
  std::string_view event;   // "manifest.pushed", told as dev.berth.manifest.pushed; empty: audit only
  std::string_view action;  // "manifest.push"; empty: event only
  std::string subject;      // "shop/web:1.2", "shop/web@sha256:…", "shop/web"
  json::object data;        // of the event; the audit's `after`, or `before` for a removal
  bool removal = false;
};

/// Writes both in the transaction of what they tell. `home` is the repository's workspace: its administrators may read
/// the audit record.
void note(db::Connection& tx, const Caller& caller, const Place& place, std::optional<WorkspaceId> home,
          ContentChange change);

}  // namespace berth::distribution
