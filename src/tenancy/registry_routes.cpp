#include "tenancy/routes.h"
#include "tenancy/serve.h"

namespace berth::tenancy {
namespace {

http::Response show(const Registry& registry) {
  return shown(to_json(registry), etag_of(registry.version));
}

struct ListRegistries {
  using Input = http::Page;
  using Output = Slice<Registry>;
  Registries& registries;

  static Result<Input> parse(const http::Call& call) { return http::Page::parse(call.request.query); }
  Result<Output> handle(const Asking& asking, const Input& page) const { return registries.list(asking, page); }
  static http::Response render(const http::Call& call, const Output& page) { return listed(call, page); }
};

struct ShowRegistry {
  using Input = std::string;
  using Output = Registry;
  Registries& registries;

  static Result<Input> parse(const http::Call& call) { return call.param("registry"); }
  Result<Output> handle(const Asking&, const Input& name) const { return registries.find(name); }
  static http::Response render(const http::Call&, const Output& found) { return show(found); }
};

struct ChangeRegistry {
  using Input = OfOne<std::string, std::optional<bool>>;  // all_spaces_public
  using Output = Registry;
  Registries& registries;

  static Result<Input> parse(const http::Call& call) {
    http::Fields fields(call);
    Input in{.key = call.param("registry"),
             .if_match = if_match_of(call),
             .patch = fields.optional_bool("all_spaces_public")};
    if (auto error = fields.error()) return fail(std::move(*error));
    return in;
  }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    return registries.set_all_spaces_public(asking, in.key, in.patch, in.if_match);
  }
  static http::Response render(const http::Call&, const Output& changed) { return show(changed); }
};

/// What ChangeRegistry would open and close.
struct PreviewPublicity {
  struct Input {
    std::string registry;
    bool all_spaces_public = false;
  };
  using Output = Publicity;
  Registries& registries;

  static Result<Input> parse(const http::Call& call) {
    http::Fields fields(call);
    const auto all = fields.optional_bool("all_spaces_public");
    if (!all && !fields.has("all_spaces_public")) fields.refuse("all_spaces_public", "is required");
    if (auto error = fields.error()) return fail(std::move(*error));
    return Input{call.param("registry"), all.value_or(false)};
  }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    return registries.preview(asking, in.registry, in.all_spaces_public);
  }
  static http::Response render(const http::Call&, const Output& publicity) { return shown(to_json(publicity)); }
};

}  // namespace

http::Routes registry_routes(Tenancy& tenancy) {
  using enum http::Method;
  using access::Action;
  using http::Permission;
  auto& registries = tenancy.registries;
  return {
      {kGet, "/api/v1/registries", Permission::signed_in(), serve(ListRegistries{registries})},
      {kGet, "/api/v1/registries/{registry}", Permission::registry(Action::kSeeRegistry),
       serve(ShowRegistry{registries})},
      {kPatch, "/api/v1/registries/{registry}", Permission::administer(), serve(ChangeRegistry{registries})},
      {kPost, "/api/v1/registries/{registry}/publicity-preview", Permission::administer(),
       serve(PreviewPublicity{registries})},
  };
}

}  // namespace berth::tenancy
