#include "identity/handlers.h"
#include "identity/rest.h"

namespace berth::identity::handlers {

Response list_groups(Identity& identity, Call& call) {
  const auto page = http::Page::parse(call.request.query);
  if (!page) return http::answer(call, page.error());
  auto groups = identity.groups.list(page->after.value_or(""), page->limit + 1);
  const bool more = groups.size() > page->limit;
  if (more) groups.pop_back();
  json::array items;
  for (const auto& group : groups) items.push_back(to_json(group));
  auto response = rest::list(std::move(items));
  if (more) http::set_next_page(response, call.request, groups.back().name);
  return response;
}

Response create_group(Identity& identity, Call& call) {
  http::Fields fields(call);
  const auto name = fields.required<LoginName>("name");
  if (const auto error = fields.error()) return http::answer(call, *error);
  const auto group = identity.groups.create(name, call.actor);
  if (!group) return http::answer(call, group.error());
  return rest::created("/api/v1/groups/" + group->name, to_json(*group));
}

Response show_group(Identity& identity, Call& call) {
  const auto group = identity.groups.find(call.param("group"));
  return group ? http::json_response(200, to_json(*group)) : http::answer(call, group.error());
}

Response delete_group(Identity& identity, Call& call) {
  const auto removed = identity.groups.remove(call.param("group"), call.actor);
  return removed ? rest::no_content() : http::answer(call, removed.error());
}

Response add_group_member(Identity& identity, Call& call) {
  const auto added = identity.groups.add_member({call.param("group"), call.param("user")}, call.actor);
  return added ? rest::no_content() : http::answer(call, added.error());
}

Response remove_group_member(Identity& identity, Call& call) {
  const auto removed = identity.groups.remove_member({call.param("group"), call.param("user")}, call.actor);
  return removed ? rest::no_content() : http::answer(call, removed.error());
}

}  // namespace berth::identity::handlers
