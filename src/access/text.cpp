#include "access/text.h"

namespace berth::access {
namespace {

template <class Enum>
struct Names;

template <class Enum>
struct Entry {
  Enum value;
  std::string_view text;
};

template <>
struct Names<PlatformRole> {
  static constexpr std::string_view kWhat = "platform role";
  static constexpr Entry<PlatformRole> kAll[] = {{PlatformRole::kNone, "none"},
                                                 {PlatformRole::kAuditor, "auditor"},
                                                 {PlatformRole::kAdministrator, "administrator"}};
};
template <>
struct Names<Role> {
  static constexpr std::string_view kWhat = "role";
  static constexpr Entry<Role> kAll[] = {{Role::kViewer, "viewer"}, {Role::kEditor, "editor"}, {Role::kAdmin, "admin"}};
};
template <>
struct Names<Access> {
  static constexpr std::string_view kWhat = "access";
  static constexpr Entry<Access> kAll[] = {{Access::kPull, "pull"}, {Access::kPush, "push"}};
};
template <>
struct Names<RegistryKind> {
  static constexpr std::string_view kWhat = "registry kind";
  static constexpr Entry<RegistryKind> kAll[] = {
      {RegistryKind::kBerth, "berth"}, {RegistryKind::kHarbor, "harbor"}, {RegistryKind::kDocker, "docker"}};
};
template <>
struct Names<RegistryOrigin> {
  static constexpr std::string_view kWhat = "registry origin";
  static constexpr Entry<RegistryOrigin> kAll[] = {{RegistryOrigin::kManaged, "managed"},
                                                   {RegistryOrigin::kIntegrated, "integrated"},
                                                   {RegistryOrigin::kAssociated, "associated"}};
};
template <>
struct Names<ApiGrant> {
  static constexpr std::string_view kWhat = "API grant";
  static constexpr Entry<ApiGrant> kAll[] = {
      {ApiGrant::kNone, "none"}, {ApiGrant::kRead, "read"}, {ApiGrant::kWrite, "write"}};
};
template <>
struct Names<Action> {
  static constexpr std::string_view kWhat = "action";
  static constexpr Entry<Action> kAll[] = {{Action::kPull, "pull"},
                                           {Action::kPush, "push"},
                                           {Action::kDelete, "delete"},
                                           {Action::kSee, "see"},
                                           {Action::kManage, "manage"},
                                           {Action::kBind, "bind"},
                                           {Action::kClaim, "claim"},
                                           {Action::kSeeWorkspace, "see-workspace"},
                                           {Action::kEditWorkspace, "edit-workspace"},
                                           {Action::kManageWorkspace, "manage-workspace"},
                                           {Action::kSeeNamespace, "see-namespace"},
                                           {Action::kManageNamespace, "manage-namespace"},
                                           {Action::kSeeRegistry, "see-registry"},
                                           {Action::kManageRegistry, "manage-registry"},
                                           {Action::kSignedIn, "signed-in"},
                                           {Action::kChangeOwn, "change-own"},
                                           {Action::kAudit, "audit"},
                                           {Action::kAdminister, "administer"}};
};

template <class Enum>
std::string_view look_up(Enum value) {
  return std::ranges::find(Names<Enum>::kAll, value, &Entry<Enum>::value)->text;
}

}  // namespace

std::string_view to_text(PlatformRole role) {
  return look_up(role);
}
std::string_view to_text(Role role) {
  return look_up(role);
}
std::string_view to_text(Access access) {
  return look_up(access);
}
std::string_view to_text(RegistryKind kind) {
  return look_up(kind);
}
std::string_view to_text(RegistryOrigin origin) {
  return look_up(origin);
}
std::string_view to_text(ApiGrant grant) {
  return look_up(grant);
}
std::string_view to_text(Action action) {
  return look_up(action);
}

template <class Enum>
Result<Enum> parse(std::string_view text) {
  const auto& all = Names<Enum>::kAll;
  const auto it = std::ranges::find(all, text, &Entry<Enum>::text);
  if (it != std::end(all)) return it->value;
  std::string allowed;
  for (const auto& entry : all)
    fmt::format_to(std::back_inserter(allowed), "{}{}", allowed.empty() ? "" : ", ", entry.text);
  return fail(Fault::kInvalid, fmt::format("a {} is one of {}", Names<Enum>::kWhat, allowed));
}

template Result<PlatformRole> parse(std::string_view);
template Result<Role> parse(std::string_view);
template Result<Access> parse(std::string_view);
template Result<RegistryKind> parse(std::string_view);
template Result<RegistryOrigin> parse(std::string_view);
template Result<ApiGrant> parse(std::string_view);
template Result<Action> parse(std::string_view);

}  // namespace berth::access
