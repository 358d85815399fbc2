#include "http/guard.h"

#include <charconv>
#include <stdexcept>

#include "access/asker.h"
#include "http/challenge.h"

namespace berth::http {
namespace {

using access::Action;
using On = Permission::On;

Guard::Refusal hidden(Fault fault = Fault::kNotFound) {
  return {Error::of(fault, std::string(access::kNotAllotted))};
}
Guard::Refusal unauthenticated(bool insufficient_scope = false) {
  return {Error::of(Fault::kUnauthenticated, "authentication is required"), insufficient_scope};
}
Guard::Refusal denied() {
  return {Error::denied("you may see this, but not do that to it")};
}

/// What belongs to the platform is no secret, and nobody sees it as a part of something else.
Guard::Refusal denied_on_platform(Action action, const Call& call) {
  access::Trace untraced;
  const auto asker = access::identify(*call.snapshot, call.now, call.subject, untraced);
  if (action == Action::kAdminister && !asker.administrator())
    return {Error::denied("only a platform administrator may do this")};
  if (action == Action::kAudit && !asker.sees_platform())
    return {Error::denied("only a platform administrator or auditor may see this")};
  if (!asker.signed_in()) return {Error::denied("this is for users and robots")};
  return {Error::denied("the grants of this credential do not include this")};
}

/// The condition under which 403 tells nothing new; nullopt: it never does.
std::optional<Action> see_action(On on) {
  switch (on) {
    case On::kWorkspace:
      return Action::kSeeWorkspace;
    case On::kNamespace:
      return Action::kSeeNamespace;
    case On::kRegistry:
      return Action::kSeeRegistry;
    case On::kSpace:
    case On::kRepository:
      return Action::kSee;
    case On::kNobody:
    case On::kPlatform:
      return std::nullopt;
  }
  return std::nullopt;
}

/// Digits without sign or leading zero: one text per id.
std::optional<std::int64_t> parse_id(std::string_view text) {
  if (text.empty() || text.front() < '1' || text.front() > '9') return std::nullopt;
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  return code == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

std::optional<SpaceId> find_space(const access::Snapshot& snapshot, std::string_view registry, std::string_view space) {
  const auto* registry_id = snapshot.registry_by_name.find(std::string(registry));
  const auto name = SpaceName::parse(space);
  if (!registry_id || !name) return std::nullopt;
  const auto* id = snapshot.space_by_name.find(access::space_key(*registry_id, *name));
  return id ? std::optional(*id) : std::nullopt;
}

access::Subject without_scope(const access::Subject& subject) {
  return {.who = subject.who, .scope = std::nullopt};
}

/// False behind a token whose user was disabled, whose robot was revoked, … since: it opens nothing any more.
bool is_good(const Call& call) {
  access::Trace untraced;
  return access::identify(*call.snapshot, call.now, call.subject, untraced).good();
}

/// The verbs on repositories are granted apart from the use of the REST API, which a credential needs there as well.
Action needed_in_api(Action action) {
  return action == Action::kPull ? Action::kSignedIn : Action::kChangeOwn;
}
bool is_registry_verb(Action action) {
  return action == Action::kPull || action == Action::kPush || action == Action::kDelete;
}

/// A mount names its source in the same request. A token whose scope leaves the source out is sent back for both, where
/// its subject may pull that source; where not, the mount quietly becomes an upload (registry.md 1.3, 13). What is
/// public needs no scope.
bool mount_needs_wider_token(const Call& call) {
  if (!call.subject.scope) return false;
  const auto source = mount_source(call);
  if (!source) return false;
  const auto& snapshot = *call.snapshot;
  const auto* space = snapshot.space_by_name.find(access::space_key(snapshot.embedded, source->space()));
  const auto* row = space ? snapshot.spaces.find(*space) : nullptr;
  if (!row || access::is_public(snapshot, *row)) return false;
  const access::SpaceTarget target{
      *space, access::RepositoryTarget{.path = source->path(), .exists = false, .home = std::nullopt}};
  const auto decider = call.decider();
  return !decider.may(call.subject, Action::kPull, target) &&
         decider.may(without_scope(call.subject), Action::kPull, target);
}

std::vector<std::string_view> needed_parameters(const Permission& permission, Surface surface) {
  switch (permission.on()) {
    case On::kNobody:
    case On::kPlatform:
      return {};
    case On::kWorkspace:
      return {"workspace"};
    case On::kNamespace:
      return {"namespace"};
    case On::kRegistry:
      return {"registry"};
    case On::kSpace:
      return {"registry", "space"};
    case On::kRepository:
      break;
  }
  if (surface == Surface::kRegistry) return {"name+"};
  return {"registry", "space", "repository+"};
}

bool fits_registry(const Permission& permission) {
  return permission.on() == On::kNobody || permission.on() == On::kRepository ||
         (permission.on() == On::kPlatform && permission.action() == Action::kSignedIn);
}

}  // namespace

void Guard::check_route(const Route& route) {
  const auto refuse = [&](std::string_view why) {
    throw std::logic_error(fmt::format("route {} {}: {}", name_of(route.method), route.pattern, why));
  };
  const auto surface = surface_of(route.pattern);
  for (const auto name : needed_parameters(route.permission, surface))
    if (route.pattern.find(fmt::format("{{{}}}", name)) == std::string_view::npos)
      refuse(fmt::format("its permission needs {{{}}}", name));
  if (surface == Surface::kRegistry && !fits_registry(route.permission)) refuse("no such permission on /v2");
  const auto action = route.permission.action();
  if (action == Action::kBind || action == Action::kClaim) refuse("binding and claiming concern pairs, not a path");
}

std::optional<Guard::Refusal> Guard::check(const Permission& permission, Surface surface, const Call& call) const {
  if (permission.on() == On::kNobody) return std::nullopt;
  return surface == Surface::kRegistry ? check_registry(permission, call) : check_rest(permission, call);
}

std::optional<Guard::Refusal> Guard::check_rest(const Permission& permission, const Call& call) const {
  // REST is never anonymous, and a registry token is no login here (design.md 3).
  if (call.subject.anonymous() || call.subject.scope) return unauthenticated();
  const auto target = resolve(permission, call);
  if (!target) return hidden();
  const auto decider = call.decider();
  const auto action = permission.action();
  const bool by_api =
      !is_registry_verb(action) || decider.may(call.subject, needed_in_api(action), access::PlatformTarget{});
  if (by_api && decider.may(call.subject, action, *target)) return std::nullopt;
  const auto see = see_action(permission.on());
  if (!see) return denied_on_platform(action, call);
  if (decider.may(call.subject, *see, *target)) return denied();
  return hidden();
}

std::optional<Guard::Refusal> Guard::check_registry(const Permission& permission, const Call& call) const {
  if (!is_good(call)) return unauthenticated();
  if (permission.on() == On::kRepository) return check_repository(permission.action(), call);
  // GET /v2/ is where docker login tries a credential: 401 without one, although anonymous pull may be on (registry.md
  // 2.3, 2). Any credential that the authenticator took will do: a robot's, a namespace's, a token of whatever scope.
  if (call.subject.anonymous() && !call.subject.scope) return unauthenticated();
  // podman asks for no scope until it is told which: a token for nothing is sent back for registry:catalog:*.
  if (call.request.path.starts_with("/v2/_catalog") && call.subject.scope && call.subject.scope->empty())
    return unauthenticated(true);
  return std::nullopt;
}

std::optional<Guard::Refusal> Guard::check_repository(Action action, const Call& call) const {
  const auto name = RepositoryName::parse(call.param("name"));
  if (!name) return Refusal{name.error()};
  const auto& snapshot = *call.snapshot;
  const auto decider = call.decider();
  const auto* space = snapshot.space_by_name.find(access::space_key(snapshot.embedded, name->space()));
  std::optional<access::Target> target;
  if (space) target = target_in(call, *space, name->path(), action);
  if (target && decider.may(call.subject, action, *target)) {
    if (action == Action::kPush && mount_needs_wider_token(call)) return unauthenticated(true);
    return std::nullopt;
  }
  const auto unscoped = without_scope(call.subject);
  if (target && call.subject.scope && decider.may(unscoped, action, *target)) return unauthenticated(true);
  if (call.subject.anonymous()) return unauthenticated(call.subject.scope.has_value());
  if (target && decider.may(unscoped, Action::kPull, *target))
    return Refusal{Error::denied("you may pull from this repository, but not do that to it")};
  return hidden(Fault::kNameUnknown);
}

access::SpaceTarget Guard::target_in(const Call& call, SpaceId space, const RepositoryPath& path, Action action) const {
  access::SpaceTarget target{
      .space = space, .repository = access::RepositoryTarget{.path = path, .exists = false, .home = std::nullopt}};
  // A home only takes the right to push away: who may not push to a new repository costs no look-up, and learns nothing
  // from how long it took.
  const bool push = action == Action::kPush && call.decider().may(without_scope(call.subject), action, target);
  const bool remove = action == Action::kDelete && !call.subject.anonymous();
  if (push || remove) target.repository = repositories_(space, path);
  return target;
}

std::optional<access::Target> Guard::resolve(const Permission& permission, const Call& call) const {
  const auto& snapshot = *call.snapshot;
  const auto by_name = [&](const auto& table, std::string_view name) -> std::optional<access::Target> {
    const auto* id = table.find(call.param(name));
    return id ? std::optional<access::Target>(*id) : std::nullopt;
  };
  switch (permission.on()) {
    case On::kNobody:
    case On::kPlatform:
      return access::PlatformTarget{};
    case On::kWorkspace:
      return by_name(snapshot.workspace_by_name, "workspace");
    case On::kRegistry:
      return by_name(snapshot.registry_by_name, "registry");
    case On::kNamespace: {
      const auto id = parse_id(call.param("namespace"));
      if (!id || !snapshot.namespaces.find(NamespaceId(*id))) return std::nullopt;
      return NamespaceId(*id);
    }
    case On::kSpace:
    case On::kRepository:
      break;
  }
  const auto space = find_space(snapshot, call.param("registry"), call.param("space"));
  if (!space) return std::nullopt;
  if (permission.on() == On::kSpace) return access::SpaceTarget{*space, std::nullopt};
  const auto path = RepositoryPath::parse(call.param("repository"));
  if (!path) return std::nullopt;
  return target_in(call, *space, *path, permission.action());
}

}  // namespace berth::http
