#include "net/stream_end.h"

#include "http/failure.h"

namespace berth::net {
namespace {

std::string_view why_of(const BodyTrouble& trouble) {
  if (const auto* refusal = std::get_if<Refusal>(&trouble)) return refusal->error.message;
  switch (std::get<Broken>(trouble)) {
    case Broken::kClosed:
      return "the client left";
    case Broken::kTimeout:
      return "the client was too slow";
    case Broken::kFailed:
      return "the connection broke";
    case Broken::kStopped:
      return "the server is shutting down";
  }
  return "unknown";
}

}  // namespace

http::Response StreamEnd::finish() {
  try {
    return sink_->finish();
  } catch (...) {
    return core_.refuse(http::take_failure(std::current_exception(), request_id_), path_);
  }
}

http::Response StreamEnd::give_up(const Error& error) {
  auto response = sink_->refuse(error);
  sink_->abandon(error.message);
  return response;
}

std::optional<http::Response> StreamEnd::conclude(const BodyPump::Outcome& outcome) {
  std::optional<http::Response> response;
  if (outcome)
    response = finish();
  else if (const auto* error = std::get_if<Error>(&outcome.error()))
    response = give_up(*error);
  else
    sink_->abandon(why_of(std::get<BodyTrouble>(outcome.error())));
  sink_.reset();
  return response;
}

}  // namespace berth::net
