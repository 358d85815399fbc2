#include "state/tests/snapshot_text.h"

#include "access/grants_json.h"
#include "access/text.h"

namespace berth::state::testing {
namespace {

using namespace berth::access;

std::string text(const std::optional<WorkspaceId>& id) {
  return id ? std::to_string(id->value()) : "-";
}
std::string text(const std::optional<Time>& time) {
  return time ? std::to_string(to_millis(*time)) : "-";
}

template <class List, class Say>
std::string join(const List& list, Say&& say) {
  std::string all = "[";
  for (const auto& item : list) all += say(item) + " ";
  return all + "]";
}
template <class IdType>
std::string join(const std::vector<IdType>& ids) {
  return join(ids, [](IdType id) { return std::to_string(id.value()); });
}
std::string join(const std::vector<Membership>& members) {
  return join(members,
              [](const Membership& m) { return fmt::format("{}:{}", m.workspace.value(), access::to_text(m.role)); });
}
std::string join(const std::vector<Binding>& bindings) {
  return join(bindings, [](const Binding& b) {
    return fmt::format("{}-{}:{}", b.space.value(), b.workspace.value(), access::to_text(b.access));
  });
}

std::string say(const User& row) {
  return fmt::format("{} {} {} v{} groups {} members {}", row.login.text(), access::to_text(row.platform_role),
                     row.disabled, row.version, join(row.groups), join(row.memberships));
}
std::string say(const Group& row) {
  return fmt::format("{} members {}", row.name, join(row.memberships));
}
std::string say(const Workspace& row) {
  return fmt::format("{} bindings {} registries {} namespaces {}", row.name.text(), join(row.bindings),
                     join(row.registries), join(row.namespaces));
}
std::string say(const Registry& row) {
  return fmt::format("{} {} {} scope {} at '{}' all-public {} spaces {}", row.name.text(), access::to_text(row.kind),
                     access::to_text(row.origin), text(row.scope), row.address, row.all_spaces_public,
                     join(row.spaces));
}
std::string say(const Space& row) {
  return fmt::format("{} in {} public {} owner {} pull-through {} sparse {} bindings {}", row.name.text(),
                     row.registry.value(), row.is_public, text(row.owner), row.pull_through, row.allow_sparse,
                     join(row.bindings));
}
std::string say(const Namespace& row) {
  return fmt::format("{}/{} claimed {} bound {} credentials {}", row.cluster, row.name.text(), text(row.claimed_by),
                     text(row.workspace), join(row.credentials, [](const Credential& c) {
                       return fmt::format("{}:{}:{}:{}", c.id.value(), c.username, c.secret_hash, text(c.expires_at));
                     }));
}
std::string say(const Robot& row) {
  return fmt::format("{} owner {}:{} hash {} {} disabled {} until {}", row.name.text(), row.owner.index(),
                     std::visit([](auto id) { return id.value(); }, row.owner), row.secret_hash,
                     to_json_text(row.grants), row.disabled, text(row.expires_at));
}
std::string say(const AccessToken& row) {
  return fmt::format("of {} hash {} {} until {}", row.user.value(), row.secret_hash, to_json_text(row.grants),
                     text(row.expires_at));
}
std::string say(std::monostate) {
  return "";
}
template <class Tag>
std::string say(Id<Tag> id) {
  return std::to_string(id.value());
}

std::string key_text(const std::string& key) {
  return key;
}
template <class Tag>
std::string key_text(Id<Tag> id) {
  return std::to_string(id.value());
}

class Writer {
 public:
  template <class Key, class Row>
  void add(std::string_view name, const Table<Key, Row>& table) {
    std::size_t rows = 0;
    table.for_each([&](const Key& key, const Row& row) {
      lines_.insert(fmt::format("{} {} = {}", name, key_text(key), say(row)));
      ++rows;
    });
    lines_.insert(fmt::format("{}: {} rows, {} by size()", name, rows, table.size()));
  }
  std::string take() {
    std::string all;
    for (const auto& line : lines_) all += line + "\n";
    return all;
  }

 private:
  std::set<std::string> lines_;
};

}  // namespace

std::string text_of(const Snapshot& snapshot) {
  Writer writer;
  writer.add("user", snapshot.users);
  writer.add("group", snapshot.groups);
  writer.add("workspace", snapshot.workspaces);
  writer.add("registry", snapshot.registries);
  writer.add("space", snapshot.spaces);
  writer.add("namespace", snapshot.namespaces);
  writer.add("robot", snapshot.robots);
  writer.add("token", snapshot.tokens);
  writer.add("user by login", snapshot.user_by_login);
  writer.add("workspace by name", snapshot.workspace_by_name);
  writer.add("registry by name", snapshot.registry_by_name);
  writer.add("space by name", snapshot.space_by_name);
  writer.add("robot by name", snapshot.robot_by_name);
  writer.add("namespace by credential", snapshot.namespace_by_credential);
  writer.add("token by hash", snapshot.token_by_hash);
  writer.add("public space", snapshot.public_spaces);
  return fmt::format("embedded {} anonymous pull {}\n{}", snapshot.embedded.value(), snapshot.anonymous_pull,
                     writer.take());
}

}  // namespace berth::state::testing
