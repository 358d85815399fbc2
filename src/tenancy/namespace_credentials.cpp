#include "tenancy/namespace_credentials.h"

#include "access/asker.h"
#include "base/random.h"
#include "base/sha.h"

namespace berth::tenancy {
namespace {

constexpr std::string_view kColumns = "SELECT id, username, created_at, expires_at FROM namespace_credentials";
using Row = std::tuple<std::int64_t, std::string, std::int64_t, std::optional<std::int64_t>>;

NamespaceCredential to_credential(const Row& row) {
  const auto& [id, username, created_at, expires_at] = row;
  return {CredentialId(id), username, from_millis(created_at),
          expires_at ? std::optional(from_millis(*expires_at)) : std::nullopt};
}

struct Owner {
  std::string cluster;
  std::string name;
  std::optional<WorkspaceId> claimed_by;
};

Result<Owner> lock_owner(db::Connection& tx, NamespaceId id) {
  tx.one<std::int64_t>(fmt::format("SELECT id FROM namespaces WHERE id = :id{}", tx.for_update()), id);
  const auto row = tx.one<std::string, std::string, std::optional<std::int64_t>>(
      "SELECT c.name, n.name, n.claimed_by FROM namespaces n JOIN clusters c ON c.id = n.cluster_id WHERE n.id = :id",
      id);
  if (!row) return fail(Fault::kNotFound, "there is no such namespace");
  const auto& [cluster, name, claimed_by] = *row;
  return Owner{cluster, name, claimed_by ? std::optional(WorkspaceId(*claimed_by)) : std::nullopt};
}

// Logins have at most 128 characters; two names of 63 each leave no room for the rest, so they are cut there.
std::string new_username(const Owner& owner) {
  const auto names = fmt::format("ns+{}+{}", owner.cluster, owner.name).substr(0, 123);
  return fmt::format("{}+{}", names, random_hex(2));
}

/// A user name that nobody has. The caller holds the lock of all such changes.
std::optional<std::string> free_username(db::Connection& tx, const Owner& owner) {
  for (int attempt = 0; attempt < 64; ++attempt) {
    auto username = new_username(owner);
    if (!tx.one<std::int64_t>("SELECT id FROM namespace_credentials WHERE username = :username", username))
      return username;
  }
  return std::nullopt;
}

Change change_of(NamespaceId name, const Owner& owner, Verb verb, const NamespaceCredential& credential) {
  json::object state = to_json(credential);
  state["namespace"] = name.value();
  const bool made = verb.action == kCreate.action;
  return {.kind = "namespace_credential",
          .verb = verb,
          .id = credential.id.value(),
          .name = fmt::format("{}/{}: {}", owner.cluster, owner.name, credential.username),
          .workspace = owner.claimed_by,
          .space = {},
          .before = made ? json::value(nullptr) : json::value(state),
          .after = made ? json::value(state) : json::value(nullptr)};
}

/// The credential pulls all that the namespace's workspace may use, whoever made it: a token or a robot that may pull
/// only some of it itself does not make one. A person who signed in is limited by the rule alone.
Result<void> check_holds_as_much(const Asking& asking) {
  access::Trace untraced;
  const auto asker = access::identify(*asking.snapshot, asking.now, asking.subject, untraced);
  const auto pulls_all = [](const access::SpaceGrant& grant) {
    return !grant.space && !grant.repository && grant.verbs.pull;
  };
  if (!asker.grants || std::ranges::any_of(asker.grants->spaces, pulls_all)) return {};
  return fail(Error::denied("a token cannot grant more than it was granted itself: pull on every space"));
}

Result<void> check_room(db::Connection& tx, NamespaceId name) {
  const auto count = tx.one<std::int64_t>("SELECT COUNT(*) FROM namespace_credentials WHERE namespace_id = :id", name);
  if (std::get<0>(*count) < NamespaceCredentials::kMost) return {};
  return fail(Error::conflict(
      fmt::format("the namespace has {} credentials already; remove one first", NamespaceCredentials::kMost)));
}

}  // namespace

json::object to_json(const NamespaceCredential& credential) {
  json::object object{{"id", credential.id.value()},
                      {"username", credential.username},
                      {"created_at", to_rfc3339(credential.created_at)},
                      {"expires_at", nullptr}};
  if (credential.expires_at) object["expires_at"] = to_rfc3339(*credential.expires_at);
  return object;
}

Result<NamespaceCredentials::Made> NamespaceCredentials::create(const Asking& asking, NamespaceId name,
                                                                std::optional<Time> expires_at) {
  if (expires_at && *expires_at <= asking.now) return fail(Fault::kInvalid, "expires_at lies in the past");
  if (auto holds = check_holds_as_much(asking); !holds) return fail(holds.error());
  return write(context_, asking, "", [&](db::Connection& tx, Changes& changes) -> Result<Made> {
    const auto owner = lock_owner(tx, name);
    if (!owner) return fail(owner.error());
    changes.touch(name);
    if (auto room = check_room(tx, name); !room) return fail(room.error());
    const auto username = free_username(tx, *owner);
    if (!username) return fail(Error::conflict("no user name is left for this namespace"));
    auto password = random_secret("berth_ns_");
    const auto row = tx.one<std::int64_t>(
        "INSERT INTO namespace_credentials (namespace_id, username, secret_hash, created_at, expires_at)"
        " VALUES (:name, :username, :hash, :now, :expires_at) RETURNING id",
        name, *username, sha256_hex(password), asking.now, expires_at);
    const NamespaceCredential made{CredentialId(std::get<0>(*row)), *username, asking.now, expires_at};
    changes.record(change_of(name, *owner, kCreate, made));
    return Made{made, std::move(password)};
  });
}

Result<void> NamespaceCredentials::remove(const Asking& asking, NamespaceId name, CredentialId id) {
  return write(context_, asking, "", [&](db::Connection& tx, Changes& changes) -> Result<void> {
    const auto owner = lock_owner(tx, name);
    if (!owner) return fail(owner.error());
    const auto row = tx.one<std::int64_t, std::string, std::int64_t, std::optional<std::int64_t>>(
        fmt::format("{} WHERE id = :id AND namespace_id = :name", kColumns), id, name);
    if (!row) return fail(Fault::kNotFound, "the namespace has no such credential");
    changes.touch(name);
    tx.execute("DELETE FROM namespace_credentials WHERE id = :id", id);
    changes.record(change_of(name, *owner, kDelete, to_credential(*row)));
    return {};
  });
}

std::vector<NamespaceCredential> NamespaceCredentials::list(NamespaceId name) const {
  const auto rows = context_.database.read([&](db::Connection& tx) {
    return tx.query<std::int64_t, std::string, std::int64_t, std::optional<std::int64_t>>(
        fmt::format("{} WHERE namespace_id = :name ORDER BY id", kColumns), name);
  });
  std::vector<NamespaceCredential> credentials;
  for (const auto& row : rows) credentials.push_back(to_credential(row));
  return credentials;
}

}  // namespace berth::tenancy
