#include "http/exchange.h"

#include "base/log.h"
#include "http/common_headers.h"
#include "http/conditional.h"
#include "http/failure.h"

namespace berth::http {
namespace {

// Never sent: the client has gone before there was an answer.
constexpr int kAbandoned = 499;

}  // namespace

Exchange::Exchange(Request request, const Context& context)
    : call{.request = std::move(request),
           .path = {},
           .body = {},
           .subject = {},
           .snapshot = {},
           .now = {},
           .actor = {}},
      context_(context),
      method_(call.request.method),
      path_(call.request.path),
      if_none_match_(call.request.headers.find("If-None-Match").value_or("")),
      request_id_(call.request.request_id),
      peer_(call.request.peer_address),
      surface_(surface_of(path_)) {
  context_.metrics.started();
}

Exchange::~Exchange() {
  abandon("the connection ended before the answer");
}

Response Exchange::refuse(const Error& error) const {
  if (!error.detail.empty())
    log::warning("request refused",
                 {{"request_id", request_id_}, {"fault", name_of(error.fault)}, {"detail", error.detail}});
  return error_answer(surface_, error, request_id_);
}

Error Exchange::failure(const std::exception_ptr& exception) const {
  return take_failure(exception, request_id_);
}

Response Exchange::complete(Response response) {
  apply_if_none_match(response, method_, if_none_match_);
  if (method_ == Method::kHead) drop_body(response);
  if (response.status == 405 && !response.headers.find("Allow"))
    response.headers.add("Allow", context_.router.allow(path_, method_));
  add_common_headers(response, surface_, path_, request_id_);
  record(response.status);
  return response;
}

void Exchange::abandon(std::string_view why) {
  record(kAbandoned, why);
}

void Exchange::record(int status, std::string_view why) {
  if (std::exchange(recorded_, true)) return;
  const auto took = std::chrono::steady_clock::now() - started_;
  const auto pattern = route ? route->pattern : std::string_view();
  context_.metrics.finished(pattern, method_, status, took);
  if (!context_.log) return;
  log::info("request", {{"request_id", request_id_},
                        {"method", name_of(method_)},
                        {"path", path_},
                        {"route", pattern},
                        {"status", status},
                        {"microseconds", std::chrono::duration_cast<std::chrono::microseconds>(took).count()},
                        {"subject", call.actor.name},
                        {"peer", peer_},
                        {"why", why}});
}

}  // namespace berth::http
