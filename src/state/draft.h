#pragma once

#include <set>

#include "access/snapshot.h"

namespace berth::state {

/// The next snapshot while it is being made: rows go out and in, and the tables that are derived from them (names,
/// hashes, public_spaces, the embedded registry) follow. Shares with `base` what is not changed. One thread.
///
/// drop() every row that changed before the first put(): then two rows may exchange their names.
class Draft {
 public:
  explicit Draft(const access::Snapshot& base);

  void drop(UserId id);
  void drop(GroupId id);
  void drop(WorkspaceId id);
  void drop(RegistryId id);
  void drop(SpaceId id);
  void drop(NamespaceId id);
  void drop(RobotId id);
  void drop(AccessTokenId id);

  void put(access::User row);
  void put(access::Group row);
  void put(access::Workspace row);
  void put(access::Registry row);
  void put(access::Space row);
  void put(access::Namespace row);
  void put(access::Robot row);
  void put(access::AccessToken row);

  void set_anonymous_pull(bool on) { anonymous_pull_ = on; }

  [[nodiscard]] access::SnapshotPtr finish(std::int64_t version) &&;

 private:
  template <class Key, class Row>
  using Editor = typename access::Table<Key, Row>::Editor;

  Editor<UserId, access::User> users_;
  Editor<GroupId, access::Group> groups_;
  Editor<WorkspaceId, access::Workspace> workspaces_;
  Editor<RegistryId, access::Registry> registries_;
  Editor<SpaceId, access::Space> spaces_;
  Editor<NamespaceId, access::Namespace> namespaces_;
  Editor<RobotId, access::Robot> robots_;
  Editor<AccessTokenId, access::AccessToken> tokens_;

  Editor<std::string, UserId> user_by_login_;
  Editor<std::string, WorkspaceId> workspace_by_name_;
  Editor<std::string, RegistryId> registry_by_name_;
  Editor<std::string, SpaceId> space_by_name_;
  Editor<std::string, RobotId> robot_by_name_;
  Editor<std::string, NamespaceId> namespace_by_credential_;
  Editor<std::string, AccessTokenId> token_by_hash_;
  Editor<SpaceId, std::monostate> public_spaces_;

  std::set<SpaceId> publicness_open_;  // to be derived again in finish()
  bool anonymous_pull_;
};

}  // namespace berth::state
