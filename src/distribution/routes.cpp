#include "distribution/routes.h"

#include "base/json.h"
#include "distribution/blobs.h"
#include "distribution/lists.h"
#include "distribution/manifest_parser.h"
#include "distribution/manifests.h"
#include "distribution/referrers.h"
#include "distribution/uploads.h"

namespace berth::distribution {
namespace {

using access::Action;
using http::Call;
using http::Handler;
using http::Method;
using http::Permission;
using http::Response;
using http::Routes;
using http::StreamHandler;

/// 200 tells that this is a registry and that the credentials are good; docker looks for the header.
Response ping(Call&) {
  auto response = Response::text(200, "application/json", "{}");
  response.headers.set("Docker-Distribution-Api-Version", "registry/2.0");
  return response;
}

/// OCI distribution-spec, extensions/_oci.md.
Response discover(Call&) {
  const json::object extension{
      {"name", "_oci"},
      {"url", "https://github.com/opencontainers/distribution-spec/tree/main/extensions"},
      {"description", "extension discovery"},
      {"endpoints", json::array{"_oci/ext/discover"}},
  };
  return Response::text(200, "application/json", json::serialize(json::object{{"extensions", json::array{extension}}}));
}

void add_uploads(Routes& routes, Registry& r) {
  const auto push = Permission::repository(Action::kPush);
  // Also without the slash: proxies strip it (registry.md 1.3, 41).
  routes.push_back({Method::kPost, "/v2/{name+}/blobs/uploads/", push,
                    StreamHandler([&r](Call& call) { return start_upload(r.uploads(), r.mounts(), call); })});
  routes.push_back({Method::kGet, "/v2/{name+}/blobs/uploads/{upload}", push,
                    Handler([&r](Call& call) { return upload_status(r.uploads(), call); })});
  routes.push_back({Method::kPatch, "/v2/{name+}/blobs/uploads/{upload}", push,
                    StreamHandler([&r](Call& call) { return append_to_upload(r.uploads(), call); })});
  routes.push_back({Method::kPut, "/v2/{name+}/blobs/uploads/{upload}", push,
                    StreamHandler([&r](Call& call) { return close_upload(r.uploads(), call); })});
  // Push, not delete: clients clear away the sessions that a refused mount left them (registry.md 1.3, 12).
  routes.push_back({Method::kDelete, "/v2/{name+}/blobs/uploads/{upload}", push,
                    Handler([&r](Call& call) { return cancel_upload(r.uploads(), call); })});
}

void add_content(Routes& routes, Registry& r) {
  const auto pull = Permission::repository(Action::kPull);
  const auto push = Permission::repository(Action::kPush);
  const auto remove = Permission::repository(Action::kDelete);
  routes.push_back({.method = Method::kGet,
                    .pattern = "/v2/{name+}/blobs/{digest}",
                    .permission = pull,
                    .handler = Handler([&r](Call& call) { return get_blob(r.blobs(), r.store(), call); }),
                    .recall = [&r](const Call& call) { return recall_blob(r.blobs(), r.store(), call); }});
  routes.push_back({Method::kDelete, "/v2/{name+}/blobs/{digest}", remove,
                    Handler([&r](Call& call) { return delete_blob(r.database(), r.changes(), call); })});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/v2/{name+}/manifests/{reference}",
                    .permission = pull,
                    .handler = Handler([&r](Call& call) { return get_manifest(r.manifests(), r.pulls(), call); }),
                    .recall = [&r](const Call& call) { return recall_manifest(r.manifests(), r.pulls(), call); }});
  routes.push_back({Method::kPut, "/v2/{name+}/manifests/{reference}", push,
                    Handler([&r](Call& call) { return put_manifest(r.database(), r.changes(), call); }),
                    kMaxManifestBytes});
  routes.push_back({Method::kDelete, "/v2/{name+}/manifests/{reference}", remove,
                    Handler([&r](Call& call) { return delete_manifest_or_tag(r.database(), r.changes(), call); })});
}

void add_lists(Routes& routes, Registry& r) {
  const auto pull = Permission::repository(Action::kPull);
  routes.push_back({Method::kGet, "/v2/", Permission::signed_in(), Handler(ping)});
  // Any credential will do: the answer has only what it may pull.
  routes.push_back({Method::kGet, "/v2/_catalog", Permission::signed_in(),
                    Handler([&r](Call& call) { return list_repositories(r.database(), call); })});
  routes.push_back({Method::kGet, "/v2/_oci/ext/discover", Permission::signed_in(), Handler(discover)});
  routes.push_back({Method::kGet, "/v2/{name+}/_oci/ext/discover", pull, Handler(discover)});
  routes.push_back({Method::kGet, "/v2/{name+}/tags/list", pull,
                    Handler([&r](Call& call) { return list_tags(r.database(), call); })});
  routes.push_back({Method::kGet, "/v2/{name+}/referrers/{digest}", pull,
                    Handler([&r](Call& call) { return list_referrers(r.database(), r.manifests(), call); })});
}

}  // namespace

Routes routes(Registry& registry) {
  Routes all;
  add_lists(all, registry);
  add_content(all, registry);
  add_uploads(all, registry);
  return all;
}

}  // namespace berth::distribution
