#include "tenancy/routes.h"
#include "tenancy/serve.h"

namespace berth::tenancy {
namespace {

struct ListCredentials {
  using Input = NamespaceId;
  using Output = Slice<NamespaceCredential>;
  NamespaceCredentials& credentials;

  static Result<Input> parse(const http::Call& call) { return path_id<NamespaceId>(call, "namespace"); }
  Result<Output> handle(const Asking&, const Input& name) const {
    return Output{.items = credentials.list(name), .next = {}};
  }
  static http::Response render(const http::Call& call, const Output& all) { return listed(call, all); }
};

struct CreateCredential {
  struct Input {
    NamespaceId name;
    std::optional<Time> expires_at;
  };
  using Output = NamespaceCredentials::Made;
  NamespaceCredentials& credentials;

  static Result<Input> parse(const http::Call& call) {
    const auto name = path_id<NamespaceId>(call, "namespace");
    if (!name) return fail(name.error());
    http::Fields fields(call);
    const auto expires_at = fields.optional_time("expires_at");
    if (expires_at && *expires_at <= call.now) fields.refuse("expires_at", "lies in the past");
    if (auto error = fields.error()) return fail(std::move(*error));
    return Input{*name, expires_at};
  }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    return credentials.create(asking, in.name, in.expires_at);
  }
  static http::Response render(const http::Call& call, const Output& made) {
    auto object = to_json(made.credential);
    object["password"] = made.password;
    auto response = created(fmt::format("{}/{}", call.request.path, made.credential.id.value()), object);
    response.headers.set("Cache-Control", "no-store");
    return response;
  }
};

struct RemoveCredential {
  struct Input {
    NamespaceId name;
    CredentialId id;
  };
  using Output = Nothing;
  NamespaceCredentials& credentials;

  static Result<Input> parse(const http::Call& call) {
    const auto name = path_id<NamespaceId>(call, "namespace");
    if (!name) return fail(name.error());
    const auto id = path_id<CredentialId>(call, "credential");
    if (!id) return fail(id.error());
    return Input{*name, *id};
  }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    return nothing(credentials.remove(asking, in.name, in.id));
  }
  static http::Response render(const http::Call&, const Output&) { return no_content(); }
};

}  // namespace

http::Routes credential_routes(Tenancy& tenancy) {
  using enum http::Method;
  const auto manage = http::Permission::name_space(access::Action::kManageNamespace);
  auto& credentials = tenancy.credentials;
  return {
      {kGet, "/api/v1/namespaces/{namespace}/credentials", manage, serve(ListCredentials{credentials})},
      {kPost, "/api/v1/namespaces/{namespace}/credentials", manage, serve(CreateCredential{credentials})},
      {kDelete, "/api/v1/namespaces/{namespace}/credentials/{credential}", manage,
       serve(RemoveCredential{credentials})},
  };
}

}  // namespace berth::tenancy
