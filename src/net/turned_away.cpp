#include "net/turned_away.h"

#include "http/surface.h"
#include "net/request_head.h"
#include "net/response_head.h"

namespace berth::net {
namespace {

std::string whole(const http::Response& response, std::string_view date) {
  const ReplyOptions options{.head_only = false, .http10 = false, .close = true, .request_id = {}, .date = date};
  return render_head(response, plan_body(response, options), options) + std::get<std::string>(response.body.front());
}

}  // namespace

std::string turned_away(Admission::Refused why, std::string_view begun, std::string_view date) {
  const bool peer = why == Admission::Refused::kPeer;
  auto error = peer ? Error::of(Fault::kTooManyRequests, "there are too many connections from this address")
                    : Error::of(Fault::kUnavailable, "there are too many connections");
  error.retry_after = 5;
  return whole(http::error_answer(http::surface_of(guess_path(begun)), error, ""), date);
}

std::string sent_to_https(std::string_view date) {
  return whole(http::Response::text(400, "text/plain; charset=utf-8",
                                    "This port takes HTTPS: write https:// in front of its address.\n"),
               date);
}

}  // namespace berth::net
