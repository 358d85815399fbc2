#include "tenancy/routes.h"
#include "tenancy/serve.h"

namespace berth::tenancy {
namespace {

struct NewSpaceName {
  SpaceName name;
  static Result<NewSpaceName> parse(std::string_view text) {
    auto name = parse_new_space_name(text);
    if (!name) return fail(name.error());
    return NewSpaceName{std::move(*name)};
  }
};

Spaces::At at(const http::Call& call) {
  return {call.param("registry"), call.param("space")};
}

http::Response show(const Space& space) {
  return shown(to_json(space), etag_of(space.version));
}

struct ListSpaces {
  struct Input {
    std::string registry;
    http::Page page;
  };
  using Output = Slice<Space>;
  Spaces& spaces;

  static Result<Input> parse(const http::Call& call) {
    const auto page = http::Page::parse(call.request.query);
    if (!page) return fail(page.error());
    return Input{call.param("registry"), *page};
  }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    return spaces.list(asking, in.registry, in.page);
  }
  static http::Response render(const http::Call& call, const Output& page) { return listed(call, page); }
};

struct CreateSpace {
  using Input = Spaces::New;
  using Output = Space;
  Spaces& spaces;

  static Result<Input> parse(const http::Call& call) {
    http::Fields fields(call);
    Input in{.registry = call.param("registry"),
             .name = fields.required<NewSpaceName>("name").name,
             .is_public = fields.optional_bool("public").value_or(false),
             .owner = fields.optional<WorkspaceName>("owner_workspace"),
             .description = fields.optional_string("description").value_or(""),
             .allow_sparse = fields.optional_bool("allow_sparse").value_or(false),
             .quota_bytes = fields.optional_int("quota_bytes", 0, Spaces::kMaxQuota),
             .untagged_days = fields.optional_int("untagged_days", 0, Spaces::kMaxDays)};
    if (auto error = fields.error()) return fail(std::move(*error));
    return in;
  }
  Result<Output> handle(const Asking& asking, const Input& in) const { return spaces.create(asking, in); }
  static http::Response render(const http::Call&, const Output& made) {
    return created(fmt::format("/api/v1/registries/{}/spaces/{}", made.registry, made.name), to_json(made),
                   etag_of(made.version));
  }
};

struct ShowSpace {
  using Input = Spaces::At;
  using Output = Space;
  Spaces& spaces;

  static Result<Input> parse(const http::Call& call) { return at(call); }
  Result<Output> handle(const Asking& asking, const Input& in) const { return spaces.find(asking, in); }
  static http::Response render(const http::Call&, const Output& found) { return show(found); }
};

struct ChangeSpace {
  using Input = OfOne<Spaces::At, Spaces::Patch>;
  using Output = Space;
  Spaces& spaces;

  static Result<Input> parse(const http::Call& call) {
    http::Fields fields(call);
    Spaces::Patch patch{.is_public = fields.optional_bool("public"),
                        .description = fields.optional_string("description"),
                        .allow_sparse = fields.optional_bool("allow_sparse"),
                        .quota_bytes = {},
                        .untagged_days = {},
                        .owner = {}};
    const auto quota = fields.optional_int("quota_bytes", 0, Spaces::kMaxQuota);
    if (quota || is_null(call, "quota_bytes")) patch.quota_bytes = quota;
    const auto days = fields.optional_int("untagged_days", 0, Spaces::kMaxDays);
    if (days || is_null(call, "untagged_days")) patch.untagged_days = days;
    const auto owner = fields.optional<WorkspaceName>("owner_workspace");
    if (owner || is_null(call, "owner_workspace")) patch.owner = owner;
    if (auto error = fields.error()) return fail(std::move(*error));
    return Input{at(call), if_match_of(call), std::move(patch)};
  }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    return spaces.update(asking, in.key, in.patch, in.if_match);
  }
  static http::Response render(const http::Call&, const Output& changed) { return show(changed); }
};

struct RemoveSpace {
  using Input = OfOne<Spaces::At>;
  using Output = Nothing;
  Spaces& spaces;

  static Result<Input> parse(const http::Call& call) { return Input{at(call), if_match_of(call)}; }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    return nothing(spaces.remove(asking, in.key, in.if_match));
  }
  static http::Response render(const http::Call&, const Output&) { return no_content(); }
};

}  // namespace

http::Routes space_routes(Tenancy& tenancy) {
  using enum http::Method;
  using access::Action;
  using http::Permission;
  constexpr std::string_view kAll = "/api/v1/registries/{registry}/spaces";
  constexpr std::string_view kOne = "/api/v1/registries/{registry}/spaces/{space}";
  auto& spaces = tenancy.spaces;
  return {
      {kGet, kAll, Permission::registry(Action::kSeeRegistry), serve(ListSpaces{spaces})},
      // Whether the asker may depends on the owner that the body names: Spaces::create() asks the rule about it.
      {kPost, kAll, Permission::registry(Action::kSeeRegistry), serve(CreateSpace{spaces})},
      {kGet, kOne, Permission::space(Action::kSee), serve(ShowSpace{spaces})},
      {kPatch, kOne, Permission::space(Action::kManage), serve(ChangeSpace{spaces})},
      {kDelete, kOne, Permission::space(Action::kManage), serve(RemoveSpace{spaces})},
  };
}

}  // namespace berth::tenancy
