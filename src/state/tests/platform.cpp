#include "state/tests/platform.h"

namespace berth::state::testing {

void Platform::change_something() {
  constexpr Change kChanges[] = {
      &Platform::user,       &Platform::group,   &Platform::group_member, &Platform::workspace,
      &Platform::member,     &Platform::space,   &Platform::registry,     &Platform::space,
      &Platform::binding,    &Platform::binding, &Platform::cluster,      &Platform::name_space,
      &Platform::credential, &Platform::robot,   &Platform::access_token, &Platform::settings,
  };
  const auto done = database_.write([&](db::Connection& tx) -> Result<void> {
    for (auto left = 1 + engine_() % 4; left > 0; --left) (this->*kChanges[engine_() % std::size(kChanges)])(tx);
    if (once_in(8)) return fail(Fault::kConflict, "rolled back");
    return {};
  });
  static_cast<void>(done);
}

void Platform::mark(db::Connection& tx, Aggregate aggregate, std::optional<std::int64_t> id) {
  if (id) touch(tx, store_, aggregate, *id);
}

std::optional<std::int64_t> Platform::any(db::Connection& tx, std::string_view table) {
  const auto ids = tx.query<std::int64_t>(fmt::format("SELECT id FROM {} ORDER BY id", table));
  if (ids.empty() || once_in(10)) return std::nullopt;
  return std::get<0>(ids[engine_() % ids.size()]);
}

std::optional<std::int64_t> Platform::column(db::Connection& tx, std::string_view table, std::string_view name,
                                             std::int64_t id) {
  const auto row =
      tx.one<std::optional<std::int64_t>>(fmt::format("SELECT {} FROM {} WHERE id = :id", name, table), id);
  return row ? std::get<0>(*row) : std::nullopt;
}

void Platform::user(db::Connection& tx) {
  const auto id = any(tx, "users");
  if (!id || once_in(3)) {
    const auto added =
        tx.one<std::int64_t>("INSERT INTO users (login, created_at) VALUES (:login, 0) RETURNING id", fresh("user"));
    return mark(tx, Aggregate::kUser, std::get<0>(*added));
  }
  if (once_in(2))
    tx.execute("UPDATE users SET login = :login, version = version + 1 WHERE id = :id", fresh("renamed"), *id);
  else
    tx.execute("UPDATE users SET platform_role = 'auditor', disabled = 1 - disabled WHERE id = :id", *id);
  mark(tx, Aggregate::kUser, *id);
}

void Platform::group(db::Connection& tx) {
  const auto id = any(tx, "groups");
  if (!id || !once_in(3)) {
    const auto added =
        tx.one<std::int64_t>("INSERT INTO groups (name, created_at) VALUES (:name, 0) RETURNING id", fresh("group"));
    return mark(tx, Aggregate::kGroup, std::get<0>(*added));
  }
  // Its users lose it with the row.
  for (const auto& [user] : tx.query<std::int64_t>("SELECT user_id FROM group_members WHERE group_id = :id", *id))
    mark(tx, Aggregate::kUser, user);
  tx.execute("DELETE FROM members WHERE principal_kind = 'group' AND principal_id = :id", *id);
  tx.execute("DELETE FROM groups WHERE id = :id", *id);
  mark(tx, Aggregate::kGroup, id);
}

void Platform::group_member(db::Connection& tx) {
  const auto group = any(tx, "groups");
  const auto user = any(tx, "users");
  if (!group || !user) return;
  const auto removed =
      tx.execute("DELETE FROM group_members WHERE group_id = :group AND user_id = :user", *group, *user);
  if (removed == 0) tx.execute("INSERT INTO group_members (group_id, user_id) VALUES (:group, :user)", *group, *user);
  mark(tx, Aggregate::kUser, user);
}

void Platform::workspace(db::Connection& tx) {
  const auto id = any(tx, "workspaces");
  if (id && once_in(2)) {
    tx.execute("UPDATE workspaces SET name = :name WHERE id = :id", fresh("renamed"), *id);
    return mark(tx, Aggregate::kWorkspace, id);
  }
  const auto added = tx.one<std::int64_t>("INSERT INTO workspaces (name, created_at) VALUES (:name, 0) RETURNING id",
                                          fresh("workspace"));
  mark(tx, Aggregate::kWorkspace, std::get<0>(*added));
}

void Platform::member(db::Connection& tx) {
  const bool person = once_in(2);
  const auto workspace = any(tx, "workspaces");
  const auto principal = any(tx, person ? "users" : "groups");
  if (!workspace || !principal) return;
  const auto* kind = person ? "user" : "group";
  const auto removed =
      tx.execute("DELETE FROM members WHERE workspace_id = :w AND principal_kind = :kind AND principal_id = :id",
                 *workspace, kind, *principal);
  if (removed == 0)
    tx.execute(
        "INSERT INTO members (workspace_id, principal_kind, principal_id, role, created_at) "
        "VALUES (:w, :kind, :id, 'editor', 0)",
        *workspace, kind, *principal);
  mark(tx, Aggregate::kWorkspace, workspace);
  mark(tx, person ? Aggregate::kUser : Aggregate::kGroup, principal);
}

void Platform::registry(db::Connection& tx) {
  const auto id = any(tx, "registries");
  const auto scope = any(tx, "workspaces");
  if (!id) {
    const auto added = tx.one<std::int64_t>(
        "INSERT INTO registries (name, kind, origin, scope_workspace_id, address, created_at) "
        "VALUES (:name, :kind, 'managed', :scope, '', 0) RETURNING id",
        fresh("registry"), once_in(2) ? "berth" : "harbor", scope);
    mark(tx, Aggregate::kWorkspace, scope);
    return mark(tx, Aggregate::kRegistry, std::get<0>(*added));
  }
  if (once_in(2)) {
    mark(tx, Aggregate::kWorkspace, column(tx, "registries", "scope_workspace_id", *id));
    tx.execute("UPDATE registries SET scope_workspace_id = :scope, name = :name WHERE id = :id", scope, fresh("moved"),
               *id);
    mark(tx, Aggregate::kWorkspace, scope);
  } else {
    tx.execute("UPDATE registries SET all_spaces_public = 1 - all_spaces_public WHERE id = :id", *id);
  }
  mark(tx, Aggregate::kRegistry, id);
}

void Platform::space(db::Connection& tx) {
  const auto id = any(tx, "spaces");
  if (!id || once_in(4)) {
    const auto registry = any(tx, "registries");
    if (!registry) return;
    const auto added = tx.one<std::int64_t>(
        "INSERT INTO spaces (registry_id, name, public, owner_workspace_id, created_at) "
        "VALUES (:registry, :name, :public, :owner, 0) RETURNING id",
        *registry, fresh("space"), once_in(3), any(tx, "workspaces"));
    mark(tx, Aggregate::kRegistry, registry);
    return mark(tx, Aggregate::kSpace, std::get<0>(*added));
  }
  if (once_in(4)) {
    for (const auto& [workspace] : tx.query<std::int64_t>("SELECT workspace_id FROM bindings WHERE space_id = :s", *id))
      mark(tx, Aggregate::kWorkspace, workspace);
    mark(tx, Aggregate::kRegistry, column(tx, "spaces", "registry_id", *id));
    tx.execute("DELETE FROM bindings WHERE space_id = :id", *id);
    tx.execute("DELETE FROM spaces WHERE id = :id", *id);
  } else {
    tx.execute("UPDATE spaces SET public = 1 - public, pull_through = 1 - pull_through WHERE id = :id", *id);
  }
  mark(tx, Aggregate::kSpace, id);
}

void Platform::binding(db::Connection& tx) {
  const auto space = any(tx, "spaces");
  const auto workspace = any(tx, "workspaces");
  if (!space || !workspace) return;
  const auto removed = tx.execute("DELETE FROM bindings WHERE space_id = :s AND workspace_id = :w", *space, *workspace);
  if (removed == 0 || once_in(2))
    tx.execute(
        "INSERT INTO bindings (space_id, workspace_id, access, created_by, created_at) "
        "VALUES (:s, :w, :access, 'test', 0)",
        *space, *workspace, once_in(2) ? "push" : "pull");
  mark(tx, Aggregate::kSpace, space);
  mark(tx, Aggregate::kWorkspace, workspace);
}

void Platform::cluster(db::Connection& tx) {
  const auto id = any(tx, "clusters");
  if (!id) {
    tx.execute("INSERT INTO clusters (name, uid, created_at) VALUES (:name, :uid, 0)", fresh("cluster"), fresh("uid"));
    return;
  }
  tx.execute("UPDATE clusters SET name = :name WHERE id = :id", fresh("renamed"), *id);
  for (const auto& [name] : tx.query<std::int64_t>("SELECT id FROM namespaces WHERE cluster_id = :id", *id))
    mark(tx, Aggregate::kNamespace, name);
}

void Platform::name_space(db::Connection& tx) {
  const auto id = any(tx, "namespaces");
  const auto workspace = any(tx, "workspaces");
  if (!id || once_in(3)) {
    const auto cluster = any(tx, "clusters");
    if (!cluster) return;
    const auto added = tx.one<std::int64_t>(
        "INSERT INTO namespaces (cluster_id, name, uid, claimed_by, workspace_id, created_at) "
        "VALUES (:cluster, :name, :uid, :claim, :workspace, 0) RETURNING id",
        *cluster, fresh("namespace"), fresh("uid"), workspace, workspace);
    mark(tx, Aggregate::kWorkspace, workspace);
    return mark(tx, Aggregate::kNamespace, std::get<0>(*added));
  }
  mark(tx, Aggregate::kWorkspace, column(tx, "namespaces", "workspace_id", *id));
  if (once_in(3))
    tx.execute("DELETE FROM namespaces WHERE id = :id", *id);
  else
    tx.execute("UPDATE namespaces SET claimed_by = :claim, workspace_id = :workspace WHERE id = :id", workspace,
               workspace, *id);
  mark(tx, Aggregate::kWorkspace, workspace);
  mark(tx, Aggregate::kNamespace, id);
}

void Platform::credential(db::Connection& tx) {
  const auto name = any(tx, "namespaces");
  if (!name) return;
  if (once_in(3))
    tx.execute("DELETE FROM namespace_credentials WHERE namespace_id = :id", *name);
  else
    tx.execute(
        "INSERT INTO namespace_credentials (namespace_id, username, secret_hash, created_at, expires_at) "
        "VALUES (:id, :username, 'hash', 0, 5)",
        *name, fresh("pull"));
  mark(tx, Aggregate::kNamespace, name);
}

void Platform::robot(db::Connection& tx) {
  const auto id = any(tx, "robots");
  if (id) {
    if (once_in(2))
      tx.execute("DELETE FROM robots WHERE id = :id", *id);
    else
      tx.execute("UPDATE robots SET disabled = 1 - disabled, name = :name WHERE id = :id", fresh("renamed"), *id);
    return mark(tx, Aggregate::kRobot, id);
  }
  const auto user = any(tx, "users");
  const auto workspace = any(tx, "workspaces");
  if (!user && !workspace) return;
  const auto added = tx.one<std::int64_t>(
      "INSERT INTO robots (name, owner_workspace_id, owner_user_id, secret_hash, grants, created_by, created_at) "
      "VALUES (:name, :workspace, :user, 'hash', :grants, 'test', 0) RETURNING id",
      fresh("robot"), workspace, workspace ? std::nullopt : user, R"({"api":"read","spaces":[{"verbs":["pull"]}]})");
  mark(tx, Aggregate::kRobot, std::get<0>(*added));
}

void Platform::access_token(db::Connection& tx) {
  const auto id = any(tx, "access_tokens");
  if (id && once_in(2)) {
    tx.execute("DELETE FROM access_tokens WHERE id = :id", *id);
    return mark(tx, Aggregate::kAccessToken, id);
  }
  const auto user = any(tx, "users");
  if (!user) return;
  const auto added = tx.one<std::int64_t>(
      "INSERT INTO access_tokens (user_id, name, secret_hash, grants, created_at) "
      "VALUES (:user, :name, :hash, '{}', 0) RETURNING id",
      *user, fresh("token"), fresh("hash"));
  mark(tx, Aggregate::kAccessToken, std::get<0>(*added));
}

void Platform::settings(db::Connection& tx) {
  tx.execute("DELETE FROM settings WHERE name = 'anonymous_pull'");
  tx.execute("INSERT INTO settings (name, value) VALUES ('anonymous_pull', :value)", once_in(2) ? "true" : "false");
  mark(tx, Aggregate::kSettings, 0);
}

}  // namespace berth::state::testing
