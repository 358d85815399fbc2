#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "db/database.h"

namespace berth::events {

/// Something that happened to content, for webhooks and streams: written to the outbox in the transaction of what it
/// tells, so that it is delivered at least once and never for something that was rolled back.
struct Event {
  std::string type;     // "dev.berth.manifest.pushed"
  std::string subject;  // "shop/web:1.2"
  std::optional<SpaceId> space;
  std::optional<WorkspaceId> workspace;
  std::string data;  // a JSON object
};
void append(db::Connection& tx, Time now, const Event& event);

/// Who does something, and from where, for the audit log. Made once per request.
struct Actor {
  std::string name;  // "user:alice", "robot:robot+retail+ci", "system"
  std::string address;
  std::string request_id;
};

/// One change, for people: who, what, before, after. Secrets never stand in `before` or `after` (JSON texts).
struct Change {
  std::string action;       // "binding.create"
  std::string target_kind;  // "binding"
  std::optional<std::int64_t> target_id;
  std::string target_name;
  std::optional<WorkspaceId> workspace;  // whose administrators may read it
  std::optional<std::string> before;
  std::optional<std::string> after;
};
void audit(db::Connection& tx, Time now, const Actor& actor, const Change& change);

/// A page of the audit log, newest first.
struct AuditRecord {
  std::int64_t id = 0;
  Time occurred_at;
  Actor actor;
  Change change;
};
struct AuditQuery {
  std::optional<WorkspaceId> workspace;  // nullopt: all
  std::optional<std::int64_t> before_id;
  std::size_t limit = 50;
};
[[nodiscard]] std::vector<AuditRecord> read_audit(db::Connection& tx, const AuditQuery& query);

}  // namespace berth::events
