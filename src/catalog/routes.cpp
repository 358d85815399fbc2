#include "catalog/routes.h"

#include <charconv>

#include "catalog/push_routes.h"
#include "catalog/render.h"
#include "catalog/requests.h"
#include "http/json_body.h"
#include "http/paging.h"
#include "http/surface.h"

namespace berth::catalog {
namespace {

using access::Action;
using http::Call;
using http::Method;
using http::Permission;
using http::Response;

Response page_of(const Services& services, Call& call, const Viewer& viewer, const ImageFilter& filter) {
  const auto page = services.images.find(*call.snapshot, call.now, call.subject, viewer, filter);
  if (!page) return http::answer(call, page.error());
  json::array items;
  for (const auto& row : page->rows) items.push_back(render(*call.snapshot, row));
  auto response = http::json_response(200, json::object{{"items", std::move(items)}});
  if (page->next) http::set_next_page(response, call.request, to_text(*page->next));
  return response;
}

Response list_images(const Services& services, Call& call, const Viewer& viewer) {
  const auto filter = read_image_filter(call);
  return filter ? page_of(services, call, viewer, *filter) : http::answer(call, filter.error());
}

Response images_of_workspace(const Services& services, Call& call) {
  const auto* workspace = call.snapshot->workspace_by_name.find(call.param("workspace"));
  if (workspace == nullptr) return http::answer(call, Error::not_found("there is no such workspace"));
  return list_images(services, call, *workspace);
}

Response images_of_namespace(const Services& services, Call& call) {
  std::int64_t id = 0;
  const auto& text = call.param("namespace");
  std::from_chars(text.data(), text.data() + text.size(), id);  // the guard has parsed it
  return list_images(services, call, NamespaceId(id));
}

Response own_images(const Services& services, Call& call) {
  return list_images(services, call, std::monostate());
}

Response repositories_of_space(const Services& services, Call& call) {
  const auto space = space_of(call);
  if (!space) return http::answer(call, space.error());
  auto filter = read_image_filter(call);
  if (!filter) return http::answer(call, filter.error());
  filter->space = *space;
  return page_of(services, call, std::monostate(), *filter);
}

Response show_repository(const Services& services, Call& call) {
  const auto key = repository_of(call);
  if (!key) return http::answer(call, key.error());
  const auto detail = services.artifacts.repository(*key);
  if (!detail) return http::answer(call, detail.error());
  return http::json_response(200, render(*call.snapshot, *key, *detail));
}

Response list_tags(const Services& services, Call& call) {
  const auto key = repository_of(call);
  if (!key) return http::answer(call, key.error());
  const auto page = http::Page::parse(call.request.query);
  if (!page) return http::answer(call, page.error());
  Artifacts::TagQuery query{
      .search = std::string(call.request.query.find("search").value_or("")), .after = {}, .limit = page->limit + 1};
  if (page->after) {
    auto after = Tag::parse(*page->after);
    if (!after) return http::answer(call, Error::invalid("the cursor is not one that this server gave"));
    query.after = std::move(*after);
  }
  const auto tags = services.artifacts.tags(*key, query);
  if (!tags) return http::answer(call, tags.error());
  json::array items;
  for (const auto& tag : *tags)
    if (items.size() < page->limit) items.push_back(render(*call.snapshot, tag));
  const bool more = tags->size() > page->limit;
  auto response = http::json_response(200, json::object{{"items", std::move(items)}});
  if (more) http::set_next_page(response, call.request, (*tags)[page->limit - 1].name.text());
  return response;
}

Response show_artifact(const Services& services, Call& call) {
  const auto key = repository_of(call);
  if (!key) return http::answer(call, key.error());
  const auto reference = reference_of(call);
  if (!reference) return http::answer(call, reference.error());
  const auto artifact = services.artifacts.artifact(*key, *reference);
  if (!artifact) return http::answer(call, artifact.error());
  return http::json_response(200, render(*call.snapshot, *artifact));
}

}  // namespace

http::Routes routes(Services services) {
  const auto with = [&services](Response (*handler)(const Services&, Call&)) {
    return http::Handler([services, handler](Call& call) { return handler(services, call); });
  };
  const auto see = Permission::space(Action::kSee);
  return {
      {Method::kGet, "/api/v1/workspaces/{workspace}/images", Permission::workspace(Action::kSeeWorkspace),
       with(images_of_workspace)},
      {Method::kGet, "/api/v1/namespaces/{namespace}/images", Permission::name_space(Action::kSeeNamespace),
       with(images_of_namespace)},
      {Method::kGet, "/api/v1/images", Permission::signed_in(), with(own_images)},
      {Method::kGet, "/api/v1/registries/{registry}/spaces/{space}/repositories", see, with(repositories_of_space)},
      {Method::kGet, "/api/v1/registries/{registry}/spaces/{space}/repositories/{repository+}", see,
       with(show_repository)},
      {Method::kGet, "/api/v1/registries/{registry}/spaces/{space}/tags/{repository+}", see, with(list_tags)},
      {Method::kGet, "/api/v1/registries/{registry}/spaces/{space}/artifacts/{repository+}", see, with(show_artifact)},
      {Method::kGet, "/api/v1/registries/{registry}/spaces/{space}/push-commands", see, with(show_push_commands)},
      {Method::kPost, "/api/v1/registries/{registry}/spaces/{space}/temporary-login", see, with(make_temporary_login)},
  };
}

}  // namespace berth::catalog
