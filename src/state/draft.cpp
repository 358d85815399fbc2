#include "state/draft.h"

namespace berth::state {

using access::space_key;

Draft::Draft(const access::Snapshot& base)
    : users_(base.users),
      groups_(base.groups),
      workspaces_(base.workspaces),
      registries_(base.registries),
      spaces_(base.spaces),
      namespaces_(base.namespaces),
      robots_(base.robots),
      tokens_(base.tokens),
      user_by_login_(base.user_by_login),
      workspace_by_name_(base.workspace_by_name),
      registry_by_name_(base.registry_by_name),
      space_by_name_(base.space_by_name),
      robot_by_name_(base.robot_by_name),
      namespace_by_credential_(base.namespace_by_credential),
      token_by_hash_(base.token_by_hash),
      public_spaces_(base.public_spaces),
      anonymous_pull_(base.anonymous_pull) {}

void Draft::drop(UserId id) {
  if (const auto* row = users_.find(id)) user_by_login_.erase(row->login.text());
  users_.erase(id);
}

void Draft::drop(GroupId id) {
  groups_.erase(id);
}

void Draft::drop(WorkspaceId id) {
  if (const auto* row = workspaces_.find(id)) workspace_by_name_.erase(row->name.text());
  workspaces_.erase(id);
}

void Draft::drop(RegistryId id) {
  if (const auto* row = registries_.find(id)) {
    registry_by_name_.erase(row->name.text());
    publicness_open_.insert(row->spaces.begin(), row->spaces.end());
  }
  registries_.erase(id);
}

void Draft::drop(SpaceId id) {
  if (const auto* row = spaces_.find(id)) space_by_name_.erase(space_key(row->registry, row->name));
  publicness_open_.insert(id);
  spaces_.erase(id);
}

void Draft::drop(NamespaceId id) {
  if (const auto* row = namespaces_.find(id))
    for (const auto& credential : row->credentials) namespace_by_credential_.erase(credential.username);
  namespaces_.erase(id);
}

void Draft::drop(RobotId id) {
  if (const auto* row = robots_.find(id)) robot_by_name_.erase(row->name.text());
  robots_.erase(id);
}

void Draft::drop(AccessTokenId id) {
  if (const auto* row = tokens_.find(id)) token_by_hash_.erase(row->secret_hash);
  tokens_.erase(id);
}

void Draft::put(access::User row) {
  user_by_login_.put(row.login.text(), row.id);
  users_.put(row.id, std::move(row));
}

void Draft::put(access::Group row) {
  groups_.put(row.id, std::move(row));
}

void Draft::put(access::Workspace row) {
  workspace_by_name_.put(row.name.text(), row.id);
  workspaces_.put(row.id, std::move(row));
}

void Draft::put(access::Registry row) {
  registry_by_name_.put(row.name.text(), row.id);
  publicness_open_.insert(row.spaces.begin(), row.spaces.end());
  registries_.put(row.id, std::move(row));
}

void Draft::put(access::Space row) {
  space_by_name_.put(space_key(row.registry, row.name), row.id);
  publicness_open_.insert(row.id);
  spaces_.put(row.id, std::move(row));
}

void Draft::put(access::Namespace row) {
  for (const auto& credential : row.credentials) namespace_by_credential_.put(credential.username, row.id);
  namespaces_.put(row.id, std::move(row));
}

void Draft::put(access::Robot row) {
  robot_by_name_.put(row.name.text(), row.id);
  robots_.put(row.id, std::move(row));
}

void Draft::put(access::AccessToken row) {
  token_by_hash_.put(row.secret_hash, row.id);
  tokens_.put(row.id, std::move(row));
}

access::SnapshotPtr Draft::finish(std::int64_t version) && {
  auto next = std::make_shared<access::Snapshot>();
  next->version = version;
  next->users = std::move(users_).take();
  next->groups = std::move(groups_).take();
  next->workspaces = std::move(workspaces_).take();
  next->registries = std::move(registries_).take();
  next->spaces = std::move(spaces_).take();
  next->namespaces = std::move(namespaces_).take();
  next->robots = std::move(robots_).take();
  next->tokens = std::move(tokens_).take();
  next->user_by_login = std::move(user_by_login_).take();
  next->workspace_by_name = std::move(workspace_by_name_).take();
  next->registry_by_name = std::move(registry_by_name_).take();
  next->space_by_name = std::move(space_by_name_).take();
  next->robot_by_name = std::move(robot_by_name_).take();
  next->namespace_by_credential = std::move(namespace_by_credential_).take();
  next->token_by_hash = std::move(token_by_hash_).take();
  next->anonymous_pull = anonymous_pull_;
  next->embedded = access::find_embedded(*next);

  for (const auto id : publicness_open_) {
    const auto* space = next->spaces.find(id);
    if (space && is_public(*next, *space))
      public_spaces_.put(id, {});
    else
      public_spaces_.erase(id);
  }
  next->public_spaces = std::move(public_spaces_).take();
  return next;
}

}  // namespace berth::state
