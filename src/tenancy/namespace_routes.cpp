#include "tenancy/routes.h"
#include "tenancy/serve.h"

namespace berth::tenancy {
namespace {

using One = OfOne<NamespaceId>;

Result<One> parse_one(const http::Call& call) {
  const auto id = path_id<NamespaceId>(call, "namespace");
  if (!id) return fail(id.error());
  return One{*id, if_match_of(call)};
}

http::Response show(const Namespace& name) {
  return shown(to_json(name), etag_of(name.version));
}

struct ListNamespaces {
  using Input = http::Page;
  using Output = Slice<Namespace>;
  Namespaces& namespaces;

  static Result<Input> parse(const http::Call& call) { return http::Page::parse(call.request.query); }
  Result<Output> handle(const Asking& asking, const Input& page) const {
    return namespaces.list(asking, std::nullopt, page);
  }
  static http::Response render(const http::Call& call, const Output& page) { return listed(call, page); }
};

/// Those that the workspace claims, bound or not.
struct ListNamespacesOfWorkspace {
  struct Input {
    std::string workspace;
    http::Page page;
  };
  using Output = Slice<Namespace>;
  Namespaces& namespaces;

  static Result<Input> parse(const http::Call& call) {
    const auto page = http::Page::parse(call.request.query);
    if (!page) return fail(page.error());
    return Input{call.param("workspace"), *page};
  }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    const auto* workspace = asking.snapshot->workspace_by_name.find(in.workspace);
    if (!workspace) return fail(Fault::kNotFound, "there is no such workspace");
    return namespaces.list(asking, *workspace, in.page);
  }
  static http::Response render(const http::Call& call, const Output& page) { return listed(call, page); }
};

struct CreateNamespace {
  using Input = Namespaces::New;
  using Output = Namespace;
  Namespaces& namespaces;

  static Result<Input> parse(const http::Call& call) {
    http::Fields fields(call);
    Input in{.cluster = fields.required<LabelName>("cluster"),
             .name = fields.required<LabelName>("name"),
             .uid = fields.required<Uid>("uid"),
             .workspace = fields.optional<WorkspaceName>("workspace")};
    if (auto error = fields.error()) return fail(std::move(*error));
    return in;
  }
  Result<Output> handle(const Asking& asking, const Input& in) const { return namespaces.create(asking, in); }
  static http::Response render(const http::Call&, const Output& made) {
    return created(fmt::format("/api/v1/namespaces/{}", made.id.value()), to_json(made), etag_of(made.version));
  }
};

struct ShowNamespace {
  using Input = One;
  using Output = Namespace;
  Namespaces& namespaces;

  static Result<Input> parse(const http::Call& call) { return parse_one(call); }
  Result<Output> handle(const Asking&, const Input& in) const { return namespaces.find(in.key); }
  static http::Response render(const http::Call&, const Output& found) { return show(found); }
};

struct RemoveNamespace {
  using Input = One;
  using Output = Nothing;
  Namespaces& namespaces;

  static Result<Input> parse(const http::Call& call) { return parse_one(call); }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    return nothing(namespaces.remove(asking, in.key, in.if_match));
  }
  static http::Response render(const http::Call&, const Output&) { return no_content(); }
};

struct ClaimNamespace {
  using Input = OfOne<NamespaceId, WorkspaceName>;
  using Output = Namespace;
  Namespaces& namespaces;

  static Result<Input> parse(const http::Call& call) {
    const auto one = parse_one(call);
    if (!one) return fail(one.error());
    http::Fields fields(call);
    Input in{one->key, one->if_match, fields.required<WorkspaceName>("workspace")};
    if (auto error = fields.error()) return fail(std::move(*error));
    return in;
  }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    return namespaces.claim(asking, in.key, in.patch, in.if_match);
  }
  static http::Response render(const http::Call&, const Output& changed) { return show(changed); }
};

/// Unclaim, bind and release: a step of one namespace, without a body.
template <Result<Namespace> (Namespaces::*step)(const Asking&, NamespaceId, const IfMatch&)>
struct Step {
  using Input = One;
  using Output = Namespace;
  Namespaces& namespaces;

  static Result<Input> parse(const http::Call& call) { return parse_one(call); }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    return (namespaces.*step)(asking, in.key, in.if_match);
  }
  static http::Response render(const http::Call& call, const Output& changed) {
    return call.request.method == http::Method::kDelete ? no_content() : show(changed);
  }
};

}  // namespace

http::Routes namespace_routes(Tenancy& tenancy) {
  using enum http::Method;
  using access::Action;
  using http::Permission;
  auto& namespaces = tenancy.namespaces;
  const auto manage = Permission::name_space(Action::kManageNamespace);
  return {
      {kGet, "/api/v1/namespaces", Permission::signed_in(), serve(ListNamespaces{namespaces})},
      {kGet, "/api/v1/workspaces/{workspace}/namespaces", Permission::workspace(Action::kSeeWorkspace),
       serve(ListNamespacesOfWorkspace{namespaces})},
      {kPost, "/api/v1/namespaces", Permission::administer(), serve(CreateNamespace{namespaces})},
      {kGet, "/api/v1/namespaces/{namespace}", Permission::name_space(Action::kSeeNamespace),
       serve(ShowNamespace{namespaces})},
      {kDelete, "/api/v1/namespaces/{namespace}", Permission::administer(), serve(RemoveNamespace{namespaces})},
      {kPut, "/api/v1/namespaces/{namespace}/claim", Permission::administer(), serve(ClaimNamespace{namespaces})},
      {kDelete, "/api/v1/namespaces/{namespace}/claim", Permission::administer(),
       serve(Step<&Namespaces::unclaim>{namespaces})},
      {kPut, "/api/v1/namespaces/{namespace}/binding", manage, serve(Step<&Namespaces::bind>{namespaces})},
      {kDelete, "/api/v1/namespaces/{namespace}/binding", manage, serve(Step<&Namespaces::release>{namespaces})},
  };
}

}  // namespace berth::tenancy
