#include "tenancy/members.h"

#include "access/text.h"

namespace berth::tenancy {
namespace {

constexpr std::string_view kColumns =
    "SELECT m.principal_kind, m.principal_id, COALESCE(u.login, g.name), COALESCE(u.display_name, ''), m.role, "
    "m.created_at"
    " FROM members m"
    " LEFT JOIN users u ON m.principal_kind = 'user' AND u.id = m.principal_id"
    " LEFT JOIN groups g ON m.principal_kind = 'group' AND g.id = m.principal_id";

using Row = std::tuple<std::string, std::int64_t, std::string, std::string, std::string, std::int64_t>;

Member to_member(const Row& row) {
  const auto& [kind, principal, name, display_name, role, created_at] = row;
  return {.kind = kind == "group" ? PrincipalKind::kGroup : PrincipalKind::kUser,
          .principal = principal,
          .name = name,
          .display_name = display_name,
          .role = access::parse<access::Role>(role).value(),
          .created_at = from_millis(created_at)};
}

/// The workspace, locked, so that two changes of its members follow each other.
Result<WorkspaceId> lock_workspace(db::Connection& tx, const std::string& name) {
  const auto row =
      tx.one<std::int64_t>(fmt::format("SELECT id FROM workspaces WHERE name = :name{}", tx.for_update()), name);
  if (!row) return fail(Fault::kNotFound, "there is no such workspace");
  return WorkspaceId(std::get<0>(*row));
}

/// The principal, kept from going until the transaction ends: members have no foreign key to two tables.
Result<std::int64_t> lock_principal(db::Connection& tx, PrincipalKind kind, const std::string& name) {
  const auto* table = kind == PrincipalKind::kUser ? "users WHERE login" : "groups WHERE name";
  const auto row = tx.one<std::int64_t>(fmt::format("SELECT id FROM {} = :name{}", table, tx.for_share()), name);
  if (!row) return fail(Fault::kNotFound, fmt::format("there is no {} named {}", to_text(kind), name));
  return std::get<0>(*row);
}

std::optional<Member> read_one(db::Connection& tx, WorkspaceId workspace, PrincipalKind kind, std::int64_t principal) {
  const auto row = tx.one<std::string, std::int64_t, std::string, std::string, std::string, std::int64_t>(
      fmt::format("{} WHERE m.workspace_id = :workspace AND m.principal_kind = :kind AND m.principal_id = :principal",
                  kColumns),
      workspace, to_text(kind), principal);
  if (!row) return std::nullopt;
  return to_member(*row);
}

void touch(Changes& changes, WorkspaceId workspace, PrincipalKind kind, std::int64_t principal) {
  changes.touch(workspace);
  if (kind == PrincipalKind::kUser)
    changes.touch(UserId(principal));
  else
    changes.touch(GroupId(principal));
}

Members::Warnings warnings_after(db::Connection& tx, const std::string& name, WorkspaceId workspace,
                                 const Member& before) {
  if (before.role != access::Role::kAdmin) return {};
  const auto left =
      tx.one<std::int64_t>("SELECT COUNT(*) FROM members WHERE workspace_id = :id AND role = 'admin'", workspace);
  if (std::get<0>(*left) > 0) return {};
  return {fmt::format("workspace {} has no administrator of its own any more", name)};
}

json::value state_of(const std::optional<Member>& member) {
  if (!member) return nullptr;
  return json::object{{"role", access::to_text(member->role)}};
}

Change change_of(WorkspaceId workspace, const std::string& workspace_name, Verb verb,
                 const std::optional<Member>& before, const std::optional<Member>& after) {
  const auto& member = before ? *before : *after;
  return {.kind = "member",
          .verb = verb,
          .id = member.principal,
          .name = fmt::format("{}/{}:{}", workspace_name, to_text(member.kind), member.name),
          .workspace = workspace,
          .space = {},
          .before = state_of(before),
          .after = state_of(after)};
}

/// "user:alice" → its parts; a cursor that is none starts at the beginning.
std::pair<std::string, std::string> split_key(const std::string& key) {
  const auto colon = key.find(':');
  if (colon == std::string::npos) return {};
  return {key.substr(0, colon), key.substr(colon + 1)};
}

}  // namespace

std::string_view to_text(PrincipalKind kind) {
  return kind == PrincipalKind::kUser ? "user" : "group";
}

std::optional<PrincipalKind> parse_principal_kind(std::string_view text) {
  if (text == "user") return PrincipalKind::kUser;
  if (text == "group") return PrincipalKind::kGroup;
  return std::nullopt;
}

json::object to_json(const Member& member) {
  return {{"kind", to_text(member.kind)},
          {"name", member.name},
          {"display_name", member.display_name},
          {"role", access::to_text(member.role)},
          {"created_at", to_rfc3339(member.created_at)}};
}

Result<Members::Put> Members::put(const Asking& asking, const Who& who, access::Role role) {
  return write(context_, asking, "the member was added at the same moment",
               [&](db::Connection& tx, Changes& changes) -> Result<Put> {
                 const auto workspace = lock_workspace(tx, who.workspace);
                 if (!workspace) return fail(workspace.error());
                 const auto principal = lock_principal(tx, who.kind, who.name);
                 if (!principal) return fail(principal.error());
                 const auto before = read_one(tx, *workspace, who.kind, *principal);
                 if (before && before->role == role) return Put{.member = *before, .added = false, .warnings = {}};
                 touch(changes, *workspace, who.kind, *principal);
                 tx.execute(
                     "INSERT INTO members (workspace_id, principal_kind, principal_id, role, created_at)"
                     " VALUES (:workspace, :kind, :principal, :role, :now)"
                     " ON CONFLICT (workspace_id, principal_kind, principal_id) DO UPDATE SET role = EXCLUDED.role",
                     *workspace, to_text(who.kind), *principal, access::to_text(role), asking.now);
                 const auto after = read_one(tx, *workspace, who.kind, *principal);
                 changes.record(change_of(*workspace, who.workspace, before ? kUpdate : kCreate, before, after));
                 return Put{.member = *after,
                            .added = !before,
                            .warnings = before ? warnings_after(tx, who.workspace, *workspace, *before) : Warnings{}};
               });
}

Result<Members::Warnings> Members::remove(const Asking& asking, const Who& who) {
  return write(context_, asking, "", [&](db::Connection& tx, Changes& changes) -> Result<Warnings> {
    const auto workspace = lock_workspace(tx, who.workspace);
    if (!workspace) return fail(workspace.error());
    const auto principal = lock_principal(tx, who.kind, who.name);
    const auto before = principal ? read_one(tx, *workspace, who.kind, *principal) : std::nullopt;
    if (!before) return fail(Fault::kNotFound, fmt::format("{} {} is no member", to_text(who.kind), who.name));
    touch(changes, *workspace, who.kind, *principal);
    tx.execute(
        "DELETE FROM members WHERE workspace_id = :workspace AND principal_kind = :kind AND principal_id = :principal",
        *workspace, to_text(who.kind), *principal);
    changes.record(change_of(*workspace, who.workspace, kDelete, before, std::nullopt));
    return warnings_after(tx, who.workspace, *workspace, *before);
  });
}

Result<Slice<Member>> Members::list(const std::string& workspace, const http::Page& page) const {
  const auto [kind, name] = split_key(page.after.value_or(""));
  const auto limit = page.limit + 1;
  auto rows = context_.database.read([&](db::Connection& tx) {
    return tx.query<std::string, std::int64_t, std::string, std::string, std::string, std::int64_t>(
        fmt::format("{} JOIN workspaces w ON w.id = m.workspace_id WHERE w.name = :workspace"
                    " AND (m.principal_kind, COALESCE(u.login, g.name)) > (:kind, :name)"
                    " ORDER BY m.principal_kind, COALESCE(u.login, g.name) LIMIT :limit",
                    kColumns),
        workspace, kind, name, limit);
  });
  std::vector<Member> members;
  for (const auto& row : rows) members.push_back(to_member(row));
  return cut_ordered(std::move(members), page,
                     [](const Member& last) { return fmt::format("{}:{}", to_text(last.kind), last.name); });
}

}  // namespace berth::tenancy
