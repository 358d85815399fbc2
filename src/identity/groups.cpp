#include "identity/groups.h"

namespace berth::identity {
namespace {

using state::Aggregate;

Error no_group() {
  return Error::not_found("there is no such group");
}

std::vector<std::string> members_of(db::Connection& tx, GroupId group) {
  std::vector<std::string> logins;
  for (auto& [login] : tx.query<std::string>("SELECT u.login FROM group_members m JOIN users u ON u.id = m.user_id "
                                             "WHERE m.group_id = :id ORDER BY u.login",
                                             group))
    logins.push_back(std::move(login));
  return logins;
}

std::optional<GroupRecord> find_group(db::Connection& tx, const std::string& name) {
  const auto row = tx.one<std::int64_t, std::string, std::int64_t>(
      "SELECT id, source, created_at FROM groups WHERE name = :name", name);
  if (!row) return std::nullopt;
  const auto& [id, source, created_at] = *row;
  return GroupRecord{GroupId(id), name, source, from_millis(created_at), members_of(tx, GroupId(id))};
}

events::Change change(std::string action, const GroupRecord& group) {
  return {.action = std::move(action),
          .target_kind = "group",
          .target_id = group.id.value(),
          .target_name = group.name,
          .workspace = std::nullopt,
          .before = std::nullopt,
          .after = std::nullopt};
}

std::string text_of(const GroupRecord& group) {
  return json::serialize(to_json(group));
}

void touch_all(db::Connection& tx, state::SnapshotStore& snapshots, GroupId group) {
  for (const auto& [user] : tx.query<std::int64_t>("SELECT user_id FROM group_members WHERE group_id = :id", group))
    state::touch(tx, snapshots, Aggregate::kUser, user);
  for (const auto& [workspace] : tx.query<std::int64_t>(
           "SELECT workspace_id FROM members WHERE principal_kind = 'group' AND principal_id = :id", group))
    state::touch(tx, snapshots, Aggregate::kWorkspace, workspace);
  state::touch(tx, snapshots, Aggregate::kGroup, group.value());
}

}  // namespace

json::object to_json(const GroupRecord& group) {
  return {{"id", group.id.value()},
          {"name", group.name},
          {"source", group.source},
          {"created_at", to_rfc3339(group.created_at)},
          {"members", json::value_from(group.members)}};
}

Result<GroupRecord> Groups::create(const LoginName& name, const events::Actor& by) {
  const auto now = context_.clock.now();
  return context_.database.write([&](db::Connection& tx) -> Result<GroupRecord> {
    try {
      const auto row = tx.one<std::int64_t>(
          "INSERT INTO groups (name, created_at) VALUES (:name, :created_at) RETURNING id", name, now);
      GroupRecord group{GroupId(std::get<0>(*row)), name.text(), "local", now, {}};
      state::touch(tx, context_.snapshots, Aggregate::kGroup, group.id.value());
      auto created = change("group.create", group);
      created.after = text_of(group);
      events::audit(tx, now, by, created);
      return group;
    } catch (const db::UniqueViolation&) {
      return fail(Error::conflict(fmt::format("the group name {} is taken", name.text())));
    }
  });
}

Result<GroupRecord> Groups::find(const std::string& name) {
  return context_.database.read([&](db::Connection& tx) -> Result<GroupRecord> {
    auto group = find_group(tx, name);
    if (!group) return fail(no_group());
    return std::move(*group);
  });
}

std::vector<GroupRecord> Groups::list(const std::string& after, std::size_t limit) {
  return context_.database.read([&](db::Connection& tx) {
    std::vector<GroupRecord> groups;
    for (auto& [id, name, source, created_at] : tx.query<std::int64_t, std::string, std::string, std::int64_t>(
             "SELECT id, name, source, created_at FROM groups WHERE name > :after ORDER BY name LIMIT :limit", after,
             limit))
      groups.push_back(
          {GroupId(id), std::move(name), std::move(source), from_millis(created_at), members_of(tx, GroupId(id))});
    return groups;
  });
}

Result<void> Groups::remove(const std::string& name, const events::Actor& by) {
  const auto now = context_.clock.now();
  return context_.database.write([&](db::Connection& tx) -> Result<void> {
    const auto group = find_group(tx, name);
    if (!group) return fail(no_group());
    touch_all(tx, context_.snapshots, group->id);
    tx.execute("DELETE FROM members WHERE principal_kind = 'group' AND principal_id = :id", group->id);
    tx.execute("DELETE FROM groups WHERE id = :id", group->id);
    auto removed = change("group.delete", *group);
    removed.before = text_of(*group);
    events::audit(tx, now, by, removed);
    return {};
  });
}

Result<void> Groups::add_member(const Pair& pair, const events::Actor& by) {
  return change_member(pair, Membership::kBegins, by);
}

Result<void> Groups::remove_member(const Pair& pair, const events::Actor& by) {
  return change_member(pair, Membership::kEnds, by);
}

Result<void> Groups::change_member(const Pair& pair, Membership membership, const events::Actor& by) {
  const auto now = context_.clock.now();
  return context_.database.write([&](db::Connection& tx) -> Result<void> {
    const auto before = find_group(tx, pair.group);
    if (!before) return fail(no_group());
    if (before->source != "local")
      return fail(Error::conflict(fmt::format("the members of this group come from {}", before->source)));
    const auto user = tx.one<std::int64_t>("SELECT id FROM users WHERE login = :login", pair.login);
    if (!user) return fail(Error::not_found("there is no such user"));
    const UserId id(std::get<0>(*user));
    const auto changed =
        membership == Membership::kBegins
            ? tx.execute("INSERT INTO group_members (group_id, user_id) VALUES (:g, :u) ON CONFLICT DO NOTHING",
                         before->id, id)
            : tx.execute("DELETE FROM group_members WHERE group_id = :g AND user_id = :u", before->id, id);
    if (changed == 0) return {};
    state::touch(tx, context_.snapshots, Aggregate::kGroup, before->id.value());
    state::touch(tx, context_.snapshots, Aggregate::kUser, id.value());
    auto noted = change("group.update", *before);
    noted.before = text_of(*before);
    noted.after = text_of(*find_group(tx, pair.group));
    events::audit(tx, now, by, noted);
    return {};
  });
}

}  // namespace berth::identity
