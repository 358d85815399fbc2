#include "http/surface.h"

#include "base/log.h"
#include "http/errors.h"

namespace berth::http {

Surface surface_of(std::string_view path) {
  if (path == "/v2" || path.starts_with("/v2/")) return Surface::kRegistry;
  if (path == "/service/token") return Surface::kTokenService;
  return Surface::kApi;
}

Response error_answer(Surface surface, const Error& error, std::string_view request_id) {
  return surface == Surface::kApi ? problem(error, request_id) : oci_error(error);
}

Response answer(const Call& call, const Error& error) {
  if (!error.detail.empty())
    log::warning("request refused",
                 {{"request_id", call.request.request_id}, {"fault", name_of(error.fault)}, {"detail", error.detail}});
  return error_answer(surface_of(call.request.path), error, call.request.request_id);
}

}  // namespace berth::http
