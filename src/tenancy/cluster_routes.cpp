#include "tenancy/routes.h"
#include "tenancy/serve.h"

namespace berth::tenancy {
namespace {

http::Response show(const Cluster& cluster) {
  return shown(to_json(cluster), etag_of(cluster.version));
}

struct ListClusters {
  using Input = http::Page;
  using Output = Slice<Cluster>;
  Clusters& clusters;

  static Result<Input> parse(const http::Call& call) { return http::Page::parse(call.request.query); }
  Result<Output> handle(const Asking&, const Input& page) const { return clusters.list(page); }
  static http::Response render(const http::Call& call, const Output& page) { return listed(call, page); }
};

struct CreateCluster {
  using Input = Clusters::New;
  using Output = Cluster;
  Clusters& clusters;

  static Result<Input> parse(const http::Call& call) {
    http::Fields fields(call);
    Input in{.name = fields.required<LabelName>("name"),
             .uid = fields.required<Uid>("uid"),
             .description = fields.optional_string("description").value_or("")};
    if (auto error = fields.error()) return fail(std::move(*error));
    return in;
  }
  Result<Output> handle(const Asking& asking, const Input& in) const { return clusters.create(asking, in); }
  static http::Response render(const http::Call&, const Output& made) {
    return created("/api/v1/clusters/" + made.name, to_json(made), etag_of(made.version));
  }
};

struct ShowCluster {
  using Input = std::string;
  using Output = Cluster;
  Clusters& clusters;

  static Result<Input> parse(const http::Call& call) { return call.param("cluster"); }
  Result<Output> handle(const Asking&, const Input& name) const { return clusters.find(name); }
  static http::Response render(const http::Call&, const Output& found) { return show(found); }
};

struct ChangeCluster {
  using Input = OfOne<std::string, std::optional<std::string>>;  // the description
  using Output = Cluster;
  Clusters& clusters;

  static Result<Input> parse(const http::Call& call) {
    http::Fields fields(call);
    Input in{
        .key = call.param("cluster"), .if_match = if_match_of(call), .patch = fields.optional_string("description")};
    if (auto error = fields.error()) return fail(std::move(*error));
    return in;
  }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    return clusters.update(asking, in.key, in.patch, in.if_match);
  }
  static http::Response render(const http::Call&, const Output& changed) { return show(changed); }
};

struct RemoveCluster {
  using Input = OfOne<std::string>;
  using Output = Nothing;
  Clusters& clusters;

  static Result<Input> parse(const http::Call& call) { return Input{call.param("cluster"), if_match_of(call)}; }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    return nothing(clusters.remove(asking, in.key, in.if_match));
  }
  static http::Response render(const http::Call&, const Output&) { return no_content(); }
};

}  // namespace

http::Routes cluster_routes(Tenancy& tenancy) {
  using enum http::Method;
  using http::Permission;
  auto& clusters = tenancy.clusters;
  return {
      {kGet, "/api/v1/clusters", Permission::audit(), serve(ListClusters{clusters})},
      {kPost, "/api/v1/clusters", Permission::administer(), serve(CreateCluster{clusters})},
      {kGet, "/api/v1/clusters/{cluster}", Permission::audit(), serve(ShowCluster{clusters})},
      {kPatch, "/api/v1/clusters/{cluster}", Permission::administer(), serve(ChangeCluster{clusters})},
      {kDelete, "/api/v1/clusters/{cluster}", Permission::administer(), serve(RemoveCluster{clusters})},
  };
}

}  // namespace berth::tenancy
