#include "tenancy/explain.h"

#include "base/encoding.h"

namespace berth::tenancy {
namespace {

using access::Action;
using access::Subject;

bool sees_platform(const Asking& asking) {
  return asking.may(Action::kAudit, access::PlatformTarget{});
}

std::optional<Subject> find_user(const Asking& asking, const std::string& login) {
  const auto* id = asking.snapshot->user_by_login.find(login);
  if (!id) return std::nullopt;
  const auto* self = std::get_if<access::UserSubject>(&asking.subject.who);
  if (!sees_platform(asking) && !(self && self->id == *id)) return std::nullopt;
  return Subject{.who = access::UserSubject{*id, std::nullopt}, .scope = std::nullopt};
}

/// A credential that is good now stands for the namespace. Without one the trace says so.
CredentialId credential_of(const access::Namespace& name, Time now) {
  for (const auto& credential : name.credentials)
    if (!credential.expires_at || *credential.expires_at > now) return credential.id;
  return CredentialId();
}

std::optional<Subject> find_namespace(const Asking& asking, const std::string& full_name) {
  const access::Namespace* found = nullptr;
  asking.snapshot->namespaces.for_each([&](NamespaceId, const access::Namespace& name) {
    if (name.cluster + "/" + name.name.text() == full_name) found = &name;
  });
  if (!found || !asking.may(Action::kSeeNamespace, found->id)) return std::nullopt;
  return Subject{.who = access::NamespaceSubject{found->id, credential_of(*found, asking.now)}, .scope = std::nullopt};
}

bool may_ask_about(const Asking& asking, const access::Robot& robot) {
  if (sees_platform(asking)) return true;
  if (const auto* workspace = std::get_if<WorkspaceId>(&robot.owner))
    return asking.may(Action::kSeeWorkspace, *workspace);
  const auto* self = std::get_if<access::UserSubject>(&asking.subject.who);
  const auto* same = std::get_if<access::RobotSubject>(&asking.subject.who);
  return (self && self->id == std::get<UserId>(robot.owner)) || (same && same->id == robot.id);
}

std::optional<Subject> find_robot(const Asking& asking, const std::string& name) {
  const auto* id = asking.snapshot->robot_by_name.find(name);
  const auto* robot = id ? asking.snapshot->robots.find(*id) : nullptr;
  if (!robot || !may_ask_about(asking, *robot)) return std::nullopt;
  return Subject{.who = access::RobotSubject{*id}, .scope = std::nullopt};
}

std::optional<Subject> find_subject(const Asking& asking, const SubjectRef& ref) {
  switch (ref.kind) {
    case SubjectRef::Kind::kUser:
      return find_user(asking, ref.name);
    case SubjectRef::Kind::kNamespace:
      return find_namespace(asking, ref.name);
    case SubjectRef::Kind::kRobot:
      return find_robot(asking, ref.name);
    case SubjectRef::Kind::kAnonymous:
      break;
  }
  if (!sees_platform(asking)) return std::nullopt;
  return Subject{};
}

std::string_view without_scheme(std::string_view address) {
  const auto scheme = address.find("://");
  if (scheme != std::string_view::npos) address.remove_prefix(scheme + 3);
  return address.substr(0, address.find('/'));
}

/// The registry that a host means, among those that the asker may see: an address that a tenant adds means nothing to
/// others. The platform's go first.
std::optional<RegistryId> registry_at(const Asking& asking, std::string_view host, std::string_view own_host) {
  const auto& snapshot = *asking.snapshot;
  if (equal_ignoring_case(host, own_host)) return snapshot.embedded;
  const access::Registry* found = nullptr;
  snapshot.registries.for_each([&](RegistryId id, const access::Registry& registry) {
    if (registry.address.empty() || !equal_ignoring_case(host, without_scheme(registry.address))) return;
    if (!asking.may(Action::kSeeRegistry, id)) return;
    if (!found || std::pair(registry.scope.has_value(), id) < std::pair(found->scope.has_value(), found->id))
      found = &registry;
  });
  return found ? std::optional(found->id) : std::nullopt;
}

struct Located {
  SpaceId space;  // 0: not there, or not the asker's to know of
  RepositoryPath path;
};

// A workspace's own registry: for the platform's administrator what lies in it is as if it were not there.
bool may_know(const Asking& asking, const access::Snapshot& snapshot, SpaceId space) {
  const auto* row = snapshot.spaces.find(space);
  const auto* registry = row ? snapshot.registries.find(row->registry) : nullptr;
  return registry && (!registry->scope || asking.may(Action::kSee, access::SpaceTarget{space, std::nullopt}));
}

Located locate(const Asking& asking, const Explainer::Question& question) {
  const auto& snapshot = *asking.snapshot;
  auto registry = snapshot.embedded;
  auto name = question.image.whole();
  const auto host = question.image.possible_host();
  const auto named = host.empty() ? std::nullopt : registry_at(asking, host, question.host);
  if (named && question.image.behind_host()) {
    registry = *named;
    name = question.image.behind_host();
  }
  if (!name) return {SpaceId(), question.image.behind_host().value().path()};
  const auto* space = snapshot.space_by_name.find(access::space_key(registry, name->space()));
  return {space && may_know(asking, snapshot, *space) ? *space : SpaceId(), name->path()};
}

}  // namespace

Result<SubjectRef> SubjectRef::parse(std::string_view text) {
  if (text == "anonymous") return SubjectRef{};
  using Row = std::pair<std::string_view, Kind>;
  for (const auto& [prefix, kind] :
       {Row{"user:", Kind::kUser}, Row{"namespace:", Kind::kNamespace}, Row{"robot:", Kind::kRobot}})
    if (text.starts_with(prefix) && text.size() > prefix.size())
      return SubjectRef{kind, std::string(text.substr(prefix.size()))};
  return fail(Fault::kInvalid, "a subject is user:<login>, namespace:<cluster>/<name>, robot:<name> or anonymous");
}

access::SpaceTarget Explainer::target_of(const Asking& asking, const Question& question) const {
  const auto located = locate(asking, question);
  access::RepositoryTarget repository{.path = located.path, .exists = false, .home = std::nullopt};
  const auto row = context_.database.read([&](db::Connection& tx) {
    return tx.one<std::optional<std::int64_t>>(
        "SELECT home_workspace_id FROM repositories WHERE space_id = :space AND name = :name", located.space,
        located.path);
  });
  if (row) {
    repository.exists = true;
    if (const auto home = std::get<0>(*row)) repository.home = WorkspaceId(*home);
  }
  return {located.space, repository};
}

Result<access::Explanation> Explainer::explain(const Asking& asking, const Question& question) const {
  const auto who = find_subject(asking, question.subject);
  if (!who) return fail(Fault::kNotFound, "there is no such subject, or it is not yours to ask about");
  const auto target = target_of(asking, question);
  const auto decider = asking.decider();
  if (sees_platform(asking)) return decider.explain(*who, question.action, target);
  return decider.explain_to(asking.subject, *who, question.action, target);
}

}  // namespace berth::tenancy
