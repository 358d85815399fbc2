#include "events/events.h"

namespace berth::events {
namespace {

std::optional<WorkspaceId> workspace_of(const std::optional<std::int64_t>& id) {
  if (!id) return std::nullopt;
  return WorkspaceId(*id);
}

}  // namespace

void append(db::Connection& tx, Time now, const Event& event) {
  tx.execute(
      "INSERT INTO events (type, subject, space_id, workspace_id, data, occurred_at) "
      "VALUES (:type, :subject, :space, :workspace, :data, :now)",
      event.type, event.subject, event.space, event.workspace, event.data, now);
}

void audit(db::Connection& tx, Time now, const Actor& actor, const Change& change) {
  tx.execute(
      "INSERT INTO audit (occurred_at, actor, action, target_kind, target_id, target_name, workspace_id, before_state, "
      "after_state, address, request_id) VALUES (:now, :actor, :action, :kind, :target, :name, :workspace, :before, "
      ":after, :address, :request)",
      now, actor.name, change.action, change.target_kind, change.target_id, change.target_name, change.workspace,
      change.before, change.after, actor.address, actor.request_id);
}

std::vector<AuditRecord> read_audit(db::Connection& tx, const AuditQuery& query) {
  std::vector<db::Param> params;
  std::string conditions;
  if (query.workspace) {
    conditions += " AND workspace_id = :workspace";
    params.push_back(db::to_param(*query.workspace));
  }
  if (query.before_id) {
    conditions += " AND id < :before";
    params.push_back(db::to_param(*query.before_id));
  }
  params.push_back(db::to_param(query.limit));

  AuditRecord record;
  std::int64_t occurred_at = 0;
  std::optional<std::int64_t> workspace;
  auto& change = record.change;
  auto& actor = record.actor;
  const std::array<db::Column, 12> columns = {
      &record.id,          &occurred_at, &actor.name,    &change.action, &change.target_kind, &change.target_id,
      &change.target_name, &workspace,   &change.before, &change.after,  &actor.address,      &actor.request_id};
  std::vector<AuditRecord> page;
  tx.run(fmt::format("SELECT id, occurred_at, actor, action, target_kind, target_id, target_name, workspace_id, "
                     "before_state, after_state, address, request_id FROM audit WHERE 1 = 1{} ORDER BY id DESC "
                     "LIMIT :limit",
                     conditions),
         params, columns, [&] {
           record.occurred_at = from_millis(occurred_at);
           change.workspace = workspace_of(workspace);
           page.push_back(record);
         });
  return page;
}

}  // namespace berth::events
