#include "access/asker.h"

namespace berth::access {
namespace {

using Said = Trace::Said;

bool over(const std::optional<Time>& expires_at, Time now) {
  return expires_at && *expires_at <= now;
}

class Identification {
 public:
  Identification(const Snapshot& snapshot, Time now, Trace& trace) : snapshot_(snapshot), now_(now), trace_(trace) {}

  Asker operator()(const Anonymous&) {
    trace_.note(true, [] { return Said{"nobody is signed in"}; });
    return {.anonymous = true};
  }

  Asker operator()(const UserSubject& subject) {
    const auto* person = active(subject.id);
    if (!person || !subject.token) return {.person = person};
    const auto* token = snapshot_.tokens.find(*subject.token);
    const bool valid = token && token->user == subject.id && !over(token->expires_at, now_);
    if (!trace_.note(valid,
                     [&] { return Said{valid ? "by an access token" : "the access token is revoked or expired"}; }))
      return {};
    return {.person = person, .grants = &token->grants};
  }

  Asker operator()(const RobotSubject& subject) {
    const auto* robot = snapshot_.robots.find(subject.id);
    if (!trace_.note(robot && !robot->disabled && !over(robot->expires_at, now_), [&] { return describe(robot); }))
      return {};
    if (const auto* user = std::get_if<UserId>(&robot->owner)) {
      const auto* person = active(*user);
      return {.person = person, .grants = &robot->grants};
    }
    const auto owner = std::get<WorkspaceId>(robot->owner);
    const auto* workspace = snapshot_.workspaces.find(owner);
    if (!trace_.note(workspace != nullptr, [&] { return acts_for(workspace, *robot); })) return {};
    return {.editor_of = workspace, .grants = &robot->grants};
  }

  Asker operator()(const NamespaceSubject& subject) {
    const auto* name = snapshot_.namespaces.find(subject.id);
    const auto* credential = name ? find(*name, subject.credential) : nullptr;
    const bool valid = credential && !over(credential->expires_at, now_);
    if (!trace_.note(valid, [&] { return describe(name, valid); })) return {};
    trace_.note(name->workspace.has_value(), [&] { return standing(*name); });
    return {.name_space = name};
  }

 private:
  const User* active(UserId id) {
    const auto* user = snapshot_.users.find(id);
    const bool good = user && !user->disabled;
    trace_.note(good, [&] {
      if (!user) return Said{"the user no longer exists"};
      return Said{fmt::format("user {} is {}", user->login.text(), good ? "active" : "disabled")};
    });
    return good ? user : nullptr;
  }

  static const Credential* find(const Namespace& name, CredentialId id) {
    const auto it = std::ranges::find(name.credentials, id, &Credential::id);
    return it == name.credentials.end() ? nullptr : &*it;
  }

  Said describe(const Robot* robot) const {
    if (!robot) return Said{"the robot no longer exists"};
    const auto* state = robot->disabled ? "disabled" : over(robot->expires_at, now_) ? "expired" : "active";
    return Said{fmt::format("robot {} is {}", robot->name.text(), state)};
  }
  static Said acts_for(const Workspace* workspace, const Robot& robot) {
    if (!workspace) return Said{fmt::format("the workspace of robot {} no longer exists", robot.name.text())};
    return Said{fmt::format("robot {} acts as an editor of workspace {}", robot.name.text(), workspace->name.text()),
                {workspace->id}};
  }
  static Said describe(const Namespace* name, bool valid) {
    if (!name) return Said{"the namespace is not known"};
    return Said{fmt::format("namespace {}/{} pulls with {}", name->cluster, name->name.text(),
                            valid ? "its credential" : "a credential that was removed or has expired"),
                {name->id}};
  }
  Said standing(const Namespace& name) const {
    const auto full = name.cluster + "/" + name.name.text();
    if (!name.workspace) return Said{fmt::format("namespace {} is bound to no workspace", full), {name.id}};
    const auto* workspace = snapshot_.workspaces.find(*name.workspace);
    return Said{fmt::format("namespace {} is bound to workspace {}", full, workspace ? workspace->name.text() : "?"),
                {name.id, *name.workspace}};
  }

  const Snapshot& snapshot_;
  Time now_;
  Trace& trace_;
};

}  // namespace

Asker identify(const Snapshot& snapshot, Time now, const Subject& subject, Trace& trace) {
  auto asker = std::visit(Identification(snapshot, now, trace), subject.who);
  if (subject.scope) asker.scope = &*subject.scope;
  return asker;
}

}  // namespace berth::access
