#include "tenancy/routes.h"
#include "tenancy/serve.h"

namespace berth::tenancy {
namespace {

constexpr std::size_t kMaxDisplayName = 200;

/// A workspace's name where one may be made: it is a part of its robots' logins, which have at most 128 characters.
struct NewWorkspaceName {
  WorkspaceName name;
  static Result<NewWorkspaceName> parse(std::string_view text) {
    if (text.size() > 63) return fail(Fault::kNameInvalid, "a workspace's name has at most 63 characters");
    auto name = WorkspaceName::parse(text);
    if (!name) return fail(name.error());
    return NewWorkspaceName{std::move(*name)};
  }
};

http::Response show(const Workspace& workspace) {
  return shown(to_json(workspace), etag_of(workspace.version));
}

struct ListWorkspaces {
  using Input = http::Page;
  using Output = Slice<Workspace>;
  Workspaces& workspaces;

  static Result<Input> parse(const http::Call& call) { return http::Page::parse(call.request.query); }
  Result<Output> handle(const Asking& asking, const Input& page) const { return workspaces.list(asking, page); }
  static http::Response render(const http::Call& call, const Output& page) { return listed(call, page); }
};

struct CreateWorkspace {
  using Input = Workspaces::New;
  using Output = Workspace;
  Workspaces& workspaces;

  static Result<Input> parse(const http::Call& call) {
    http::Fields fields(call);
    Input in{.name = fields.required<NewWorkspaceName>("name").name,
             .display_name = fields.optional_string("display_name", kMaxDisplayName).value_or(""),
             .description = fields.optional_string("description").value_or(""),
             .quota_bytes = fields.optional_int("quota_bytes", 0, Spaces::kMaxQuota)};
    if (auto error = fields.error()) return fail(std::move(*error));
    return in;
  }
  Result<Output> handle(const Asking& asking, const Input& in) const { return workspaces.create(asking, in); }
  static http::Response render(const http::Call&, const Output& made) {
    return created("/api/v1/workspaces/" + made.name, to_json(made), etag_of(made.version));
  }
};

struct ShowWorkspace {
  using Input = std::string;
  using Output = Workspace;
  Workspaces& workspaces;

  static Result<Input> parse(const http::Call& call) { return call.param("workspace"); }
  Result<Output> handle(const Asking&, const Input& name) const { return workspaces.find(name); }
  static http::Response render(const http::Call&, const Output& found) { return show(found); }
};

struct ChangeWorkspace {
  using Input = OfOne<std::string, Workspaces::Patch>;
  using Output = Workspace;
  Workspaces& workspaces;

  static Result<Input> parse(const http::Call& call) {
    http::Fields fields(call);
    Input in{.key = call.param("workspace"),
             .if_match = if_match_of(call),
             .patch = {.display_name = fields.optional_string("display_name", kMaxDisplayName),
                       .description = fields.optional_string("description"),
                       .quota_bytes = {}}};
    const auto quota = fields.optional_int("quota_bytes", 0, Spaces::kMaxQuota);
    if (quota || is_null(call, "quota_bytes")) in.patch.quota_bytes = quota;
    if (auto error = fields.error()) return fail(std::move(*error));
    return in;
  }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    return workspaces.update(asking, in.key, in.patch, in.if_match);
  }
  static http::Response render(const http::Call&, const Output& changed) { return show(changed); }
};

struct RemoveWorkspace {
  using Input = OfOne<std::string>;
  using Output = Nothing;
  Workspaces& workspaces;

  static Result<Input> parse(const http::Call& call) { return Input{call.param("workspace"), if_match_of(call)}; }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    return nothing(workspaces.remove(asking, in.key, in.if_match));
  }
  static http::Response render(const http::Call&, const Output&) { return no_content(); }
};

}  // namespace

http::Routes workspace_routes(Tenancy& tenancy) {
  using enum http::Method;
  using access::Action;
  using http::Permission;
  auto& workspaces = tenancy.workspaces;
  return {
      {kGet, "/api/v1/workspaces", Permission::signed_in(), serve(ListWorkspaces{workspaces})},
      {kPost, "/api/v1/workspaces", Permission::administer(), serve(CreateWorkspace{workspaces})},
      {kGet, "/api/v1/workspaces/{workspace}", Permission::workspace(Action::kSeeWorkspace),
       serve(ShowWorkspace{workspaces})},
      {kPatch, "/api/v1/workspaces/{workspace}", Permission::workspace(Action::kManageWorkspace),
       serve(ChangeWorkspace{workspaces})},
      {kDelete, "/api/v1/workspaces/{workspace}", Permission::administer(), serve(RemoveWorkspace{workspaces})},
  };
}

}  // namespace berth::tenancy
