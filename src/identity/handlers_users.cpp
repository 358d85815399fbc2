#include "identity/handlers.h"
#include "identity/limits.h"
#include "identity/rest.h"

namespace berth::identity::handlers {
namespace {

using access::PlatformRole;

std::optional<PlatformRole> read_role(http::Fields& fields) {
  return fields.optional_choice<PlatformRole>("platform_role", {{"none", PlatformRole::kNone},
                                                                {"auditor", PlatformRole::kAuditor},
                                                                {"administrator", PlatformRole::kAdministrator}});
}

/// A password and a platform role outlive the token that set them.
Result<void> check_in_person(const Call& call, bool sets_lasting_power) {
  if (!sets_lasting_power || !Limits::of(call.subject, *call.snapshot).limited()) return {};
  return fail(Fault::kDenied, "passwords of others and platform roles are not set with a token: sign in");
}

Response show(const UserRecord& user) {
  auto response = http::json_response(200, to_json(user));
  rest::set_version(response, user.version);
  return response;
}

}  // namespace

Response list_users(Identity& identity, Call& call) {
  const auto page = http::Page::parse(call.request.query);
  if (!page) return http::answer(call, page.error());
  auto users = identity.users.list({.search = std::string(call.request.query.find("search").value_or("")),
                                    .after = page->after.value_or(""),
                                    .limit = page->limit + 1});
  const bool more = users.size() > page->limit;
  if (more) users.pop_back();
  json::array items;
  for (const auto& user : users) items.push_back(to_json(user));
  auto response = rest::list(std::move(items));
  if (more) http::set_next_page(response, call.request, users.back().login.text());
  return response;
}

Response create_user(Identity& identity, Call& call) {
  http::Fields fields(call);
  const NewUser wanted{.login = fields.required<LoginName>("login"),
                       .display_name = fields.optional_string("display_name").value_or(""),
                       .email = fields.optional_string("email").value_or(""),
                       .password = fields.optional_string("password"),
                       .platform_role = read_role(fields).value_or(PlatformRole::kNone)};
  if (const auto error = fields.error()) return http::answer(call, *error);
  if (auto allowed = check_in_person(call, wanted.platform_role != PlatformRole::kNone); !allowed)
    return http::answer(call, allowed.error());
  const auto created = identity.users.create(wanted, call.actor);
  if (!created) return http::answer(call, created.error());
  auto body = to_json(created->user);
  if (created->generated_password) body["password"] = *created->generated_password;
  auto response = rest::created("/api/v1/users/" + created->user.login.text(), body);
  rest::set_version(response, created->user.version);
  return response;
}

Response show_user(Identity& identity, Call& call) {
  const auto user = identity.users.find(call.param("user"));
  return user ? show(*user) : http::answer(call, user.error());
}

Response patch_user(Identity& identity, Call& call) {
  http::Fields fields(call);
  const UserPatch patch{.display_name = fields.optional_string("display_name"),
                        .email = fields.optional_string("email"),
                        .platform_role = read_role(fields),
                        .disabled = fields.optional_bool("disabled"),
                        .password = fields.optional_string("password")};
  if (const auto error = fields.error()) return http::answer(call, *error);
  if (auto allowed = check_in_person(call, patch.password || patch.platform_role); !allowed)
    return http::answer(call, allowed.error());
  const auto user = identity.users.patch(call.param("user"), patch, rest::if_version(call), call.actor);
  return user ? show(*user) : http::answer(call, user.error());
}

Response delete_user(Identity& identity, Call& call) {
  const auto removed = identity.users.remove(call.param("user"), call.actor);
  return removed ? rest::no_content() : http::answer(call, removed.error());
}

}  // namespace berth::identity::handlers
