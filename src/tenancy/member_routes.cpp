#include "tenancy/routes.h"
#include "tenancy/serve.h"

namespace berth::tenancy {
namespace {

Result<Members::Who> who_of(const http::Call& call) {
  const auto kind = parse_principal_kind(call.param("kind"));
  if (!kind) return fail(Fault::kNotFound, "a member is a user or a group");
  return Members::Who{call.param("workspace"), *kind, call.param("principal")};
}

json::array to_json(const Members::Warnings& warnings) {
  json::array array;
  for (const auto& warning : warnings) array.emplace_back(warning);
  return array;
}

struct ListMembers {
  struct Input {
    std::string workspace;
    http::Page page;
  };
  using Output = Slice<Member>;
  Members& members;

  static Result<Input> parse(const http::Call& call) {
    const auto page = http::Page::parse(call.request.query);
    if (!page) return fail(page.error());
    return Input{call.param("workspace"), *page};
  }
  Result<Output> handle(const Asking&, const Input& in) const { return members.list(in.workspace, in.page); }
  static http::Response render(const http::Call& call, const Output& page) { return listed(call, page); }
};

struct PutMember {
  struct Input {
    Members::Who who;
    access::Role role = access::Role::kViewer;
  };
  using Output = Members::Put;
  Members& members;

  static Result<Input> parse(const http::Call& call) {
    auto who = who_of(call);
    if (!who) return fail(who.error());
    http::Fields fields(call);
    const auto role = fields.required_choice<access::Role>(
        "role",
        {{"admin", access::Role::kAdmin}, {"editor", access::Role::kEditor}, {"viewer", access::Role::kViewer}});
    if (auto error = fields.error()) return fail(std::move(*error));
    return Input{std::move(*who), role};
  }
  Result<Output> handle(const Asking& asking, const Input& in) const { return members.put(asking, in.who, in.role); }
  static http::Response render(const http::Call& call, const Output& out) {
    auto object = tenancy::to_json(out.member);
    if (!out.warnings.empty()) object["warnings"] = to_json(out.warnings);
    if (out.added) return created(call.request.path, object);
    return shown(object);
  }
};

/// 204; or 200 with what there is to say about it.
struct RemoveMember {
  using Input = Members::Who;
  using Output = Members::Warnings;
  Members& members;

  static Result<Input> parse(const http::Call& call) { return who_of(call); }
  Result<Output> handle(const Asking& asking, const Input& who) const { return members.remove(asking, who); }
  static http::Response render(const http::Call&, const Output& warnings) {
    if (warnings.empty()) return no_content();
    return shown({{"warnings", to_json(warnings)}});
  }
};

}  // namespace

http::Routes member_routes(Tenancy& tenancy) {
  using enum http::Method;
  using access::Action;
  using http::Permission;
  constexpr std::string_view kOne = "/api/v1/workspaces/{workspace}/members/{kind}/{principal}";
  auto& members = tenancy.members;
  return {
      {kGet, "/api/v1/workspaces/{workspace}/members", Permission::workspace(Action::kSeeWorkspace),
       serve(ListMembers{members})},
      {kPut, kOne, Permission::workspace(Action::kManageWorkspace), serve(PutMember{members})},
      {kDelete, kOne, Permission::workspace(Action::kManageWorkspace), serve(RemoveMember{members})},
  };
}

}  // namespace berth::tenancy
