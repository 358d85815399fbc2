#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/server_core.h"
#include "net/body_pump.h"

namespace berth::net {

/// Owns a request's sink and tells it how its body ended. conclude() is for the fs pool: the sink goes there, too.
class StreamEnd {
 public:
  /// `core` must outlive it.
  StreamEnd(http::ServerCore& core, std::string path, std::string request_id, std::unique_ptr<http::BodySink> sink)
      : core_(core),
        path_(std::move(path)),
        request_id_(std::move(request_id)),
        sink_(std::move(sink)) {}

  [[nodiscard]] http::BodySink& sink() { return *sink_; }
  /// Once. finish() for a whole body; refuse() and abandon() for an error of the sink's; abandon() for the rest, and
  /// then there is no response here.
  std::optional<http::Response> conclude(const BodyPump::Outcome& outcome);

 private:
  http::Response finish();
  http::Response give_up(const Error& error);

  http::ServerCore& core_;
  std::string path_;
  std::string request_id_;
  std::unique_ptr<http::BodySink> sink_;
};

}  // namespace berth::net
