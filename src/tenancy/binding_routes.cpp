#include "access/text.h"
#include "tenancy/routes.h"
#include "tenancy/serve.h"

namespace berth::tenancy {
namespace {

constexpr std::size_t kMostNames = 1000;

Bindings::Batch batch_of(http::Fields& fields) {
  Bindings::Batch batch{.spaces = fields.list<SpaceRef>("spaces", kMostNames),
                        .workspaces = fields.list<WorkspaceName>("workspaces", kMostNames),
                        .dry_run = fields.optional_bool("dry_run").value_or(false) ? DryRun::kYes : DryRun::kNo};
  for (const auto* key : {"spaces", "workspaces"})
    if (!fields.has(key)) fields.refuse(key, "is required");
  return batch;
}

json::array to_json(const std::vector<Sight>& sights) {
  json::array array;
  for (const auto& sight : sights)
    array.push_back(json::object{{"workspace", sight.workspace}, {"space", sight.space}});
  return array;
}

json::object to_json(const Bindings::Outcome::Changed& changed) {
  json::object object{{"space", changed.space}, {"workspace", changed.workspace}};
  if (changed.after) object["access"] = access::to_text(*changed.after);
  if (changed.before) object["previous_access"] = access::to_text(*changed.before);
  return object;
}

/// Added, changed and removed pairs, each a list, and the delta.
json::object to_json(const Bindings::Outcome& outcome, DryRun dry_run) {
  json::array added, changed, removed;
  for (const auto& each : outcome.changed)
    (!each.before ? added : each.after ? changed : removed).push_back(to_json(each));
  return {{"dry_run", dry_run == DryRun::kYes},
          {"added", std::move(added)},
          {"changed", std::move(changed)},
          {"removed", std::move(removed)},
          {"delta", json::object{{"gains", to_json(outcome.delta.gains)}, {"loses", to_json(outcome.delta.loses)}}}};
}

/// Binds every named space to every named workspace, all or nothing.
struct BindSpaces {
  struct Input {
    Bindings::Batch batch;
    access::Access access = access::Access::kPull;
  };
  struct Output {
    Bindings::Outcome outcome;
    DryRun dry_run = DryRun::kNo;
  };
  Bindings& bindings;

  static Result<Input> parse(const http::Call& call) {
    http::Fields fields(call);
    Input in{.batch = batch_of(fields),
             .access = fields.required_choice<access::Access>(
                 "access", {{"pull", access::Access::kPull}, {"push", access::Access::kPush}})};
    if (auto error = fields.error()) return fail(std::move(*error));
    return in;
  }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    auto outcome = bindings.add(asking, in.batch, in.access);
    if (!outcome) return fail(outcome.error());
    return Output{std::move(*outcome), in.batch.dry_run};
  }
  static http::Response render(const http::Call&, const Output& out) {
    return shown(to_json(out.outcome, out.dry_run));
  }
};

struct UnbindSpaces {
  using Input = Bindings::Batch;
  using Output = BindSpaces::Output;
  Bindings& bindings;

  static Result<Input> parse(const http::Call& call) {
    http::Fields fields(call);
    auto batch = batch_of(fields);
    if (auto error = fields.error()) return fail(std::move(*error));
    return batch;
  }
  Result<Output> handle(const Asking& asking, const Input& batch) const {
    auto outcome = bindings.remove(asking, batch);
    if (!outcome) return fail(outcome.error());
    return Output{std::move(*outcome), batch.dry_run};
  }
  static http::Response render(const http::Call&, const Output& out) {
    return shown(to_json(out.outcome, out.dry_run));
  }
};

/// ?space=<registry>/<space>&workspace=<name>, or {workspace} in the path. A name that is not known has no bindings.
struct ListBindings {
  struct Input {
    std::optional<SpaceRef> space;
    std::optional<std::string> workspace;
    http::Page page;
  };
  using Output = Slice<Binding>;
  Bindings& bindings;

  static Result<Input> parse(const http::Call& call) {
    const auto page = http::Page::parse(call.request.query);
    if (!page) return fail(page.error());
    Input in{.space = {}, .workspace = {}, .page = *page};
    if (const auto text = call.request.query.find("space")) {
      const auto space = SpaceRef::parse(*text);
      if (!space) return fail(space.error());
      in.space = *space;
    }
    if (const auto name = call.request.query.find("workspace")) in.workspace = std::string(*name);
    if (call.path.contains("workspace")) in.workspace = call.param("workspace");
    return in;
  }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    const auto& snapshot = *asking.snapshot;
    Bindings::Filter filter;
    if (in.space) {
      const auto* registry = snapshot.registry_by_name.find(in.space->registry.text());
      const auto* space =
          registry ? snapshot.space_by_name.find(access::space_key(*registry, in.space->space)) : nullptr;
      if (!space) return Output{};
      filter.space = *space;
    }
    if (in.workspace) {
      const auto* workspace = snapshot.workspace_by_name.find(*in.workspace);
      if (!workspace) return Output{};
      filter.workspace = *workspace;
    }
    return bindings.list(asking, filter, in.page);
  }
  static http::Response render(const http::Call& call, const Output& page) { return listed(call, page); }
};

}  // namespace

http::Routes binding_routes(Tenancy& tenancy) {
  using enum http::Method;
  using http::Permission;
  auto& bindings = tenancy.bindings;
  return {
      {kGet, "/api/v1/bindings", Permission::signed_in(), serve(ListBindings{bindings})},
      {kGet, "/api/v1/workspaces/{workspace}/bindings", Permission::workspace(access::Action::kSeeWorkspace),
       serve(ListBindings{bindings})},
      {kPost, "/api/v1/bindings", Permission::administer(), serve(BindSpaces{bindings})},
      {kPost, "/api/v1/bindings/remove", Permission::administer(), serve(UnbindSpaces{bindings})},
  };
}

}  // namespace berth::tenancy
