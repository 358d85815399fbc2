#include "http/exchange.h"

#include "base/log.h"
#include "http/common_headers.h"
#include "http/conditional.h"
#include "http/failure.h"
#include "http/text.h"

namespace berth::http {
namespace {

// Never sent: the client has gone before there was an answer.
constexpr int kAbandoned = 499;

Request&& in_plain_words(Request&& request) {
  request.path = plain_path(std::move(request.path));
  return std::move(request);
}

}  // namespace

Exchange::Exchange(Request&& request, const Context& context, Answered answered)
    : call{.request = in_plain_words(std::move(request)),
           .path = {},
           .body = {},
           .subject = {},
           .snapshot = {},
           .now = {},
           .actor = {}},
      context_(context),
      surface_(surface_of(call.request.path)),
      in_flight_(answered == Answered::kLater) {
  if (in_flight_) context_.metrics.started();
}

Exchange::~Exchange() {
  abandon("the connection ended before the answer");
}

Response Exchange::refuse(const Error& error) const {
  if (!error.detail.empty())
    log::warning("request refused",
                 {{"request_id", call.request.request_id}, {"fault", name_of(error.fault)}, {"detail", error.detail}});
  return error_answer(surface_, error, call.request.request_id);
}

Error Exchange::failure(const std::exception_ptr& exception) const {
  return take_failure(exception, call.request.request_id);
}

Response Exchange::complete(Response response) {
  place = nullptr;
  apply_if_none_match(response, call.request.method, call.request.headers.find("If-None-Match").value_or(""));
  if (call.request.method == Method::kHead) drop_body(response);
  if (response.status == 405 && !response.headers.find("Allow"))
    response.headers.add("Allow", context_.router.allow(call.request.path, call.request.method));
  add_common_headers(response, surface_, call.request.path, call.request.request_id);
  record(response.status);
  return response;
}

Request Exchange::take_back() {
  recorded_ = true;
  if (in_flight_) context_.metrics.ended();
  return std::move(call.request);
}

void Exchange::abandon(std::string_view why) {
  record(kAbandoned, why);
}

void Exchange::record(int status, std::string_view why) {
  if (std::exchange(recorded_, true)) return;
  const auto took = std::chrono::steady_clock::now() - started_;
  const auto pattern = route ? route->pattern : std::string_view();
  context_.metrics.finished(pattern, call.request.method, status, took);
  if (in_flight_) context_.metrics.ended();
  if (!context_.log) return;
  log::info("request", {{"request_id", call.request.request_id},
                        {"method", name_of(call.request.method)},
                        {"path", call.request.path},
                        {"route", pattern},
                        {"status", status},
                        {"microseconds", std::chrono::duration_cast<std::chrono::microseconds>(took).count()},
                        {"subject", call.actor.name},
                        {"peer", call.request.peer_address},
                        {"why", why}});
}

}  // namespace berth::http
