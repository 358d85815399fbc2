#include "distribution/rest_routes.h"

#include "http/surface.h"

namespace berth::distribution {
namespace {

using http::Call;
using http::Response;

Result<Place> read_place(const Call& call) {
  // Only the registry in this server has content here; the guard has found the space in the one that was named.
  const auto* registry = call.snapshot->registry_by_name.find(call.param("registry"));
  if (!registry || *registry != call.snapshot->embedded)
    return fail(Fault::kUnsupported, "repositories are deleted in the registry that holds them");
  return find_place(*call.snapshot, call.param("space") + "/" + call.param("repository"));
}

Response delete_repository(Registry& registry, const Call& call) {
  const auto place = read_place(call);
  if (!place) return http::answer(call, place.error());
  const auto deleted = registry.delete_repository(Caller::of(call), *place);
  if (deleted) return Response::of(204);
  // What /v2 calls NAME_UNKNOWN is not_found here.
  const auto& error = deleted.error();
  return http::answer(call, error.fault == Fault::kNameUnknown ? Error::not_found(error.message) : error);
}

}  // namespace

http::Routes rest_routes(Registry& registry) {
  return {{http::Method::kDelete, "/api/v1/registries/{registry}/spaces/{space}/repositories/{repository+}",
           http::Permission::space(access::Action::kManage),
           http::Handler([&registry](Call& call) { return delete_repository(registry, call); })}};
}

}  // namespace berth::distribution
