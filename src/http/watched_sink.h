#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "http/exchange.h"

namespace berth::http {

/// A streaming handler's sink inside the middlewares: exceptions become answers, and the request is counted and logged
/// when its body ends. It owns the exchange, so the handler's Call lives as long as its sink.
class WatchedSink final : public BodySink {
 public:
  /// Asked before the inner sink finishes: an answer is the refusal of a sender who may not do this any more.
  using Refusal = std::function<std::optional<Response>(Exchange&)>;

  WatchedSink(std::shared_ptr<Exchange> exchange, std::unique_ptr<BodySink> inner, Refusal refusal)
      : exchange_(std::move(exchange)),
        inner_(std::move(inner)),
        refusal_(std::move(refusal)) {}

  Result<void> write(std::string_view bytes) override;
  Response finish() override;
  void abandon(std::string_view why) override;
  Response refuse(const Error& error) override;

 private:
  std::shared_ptr<Exchange> exchange_;  // outlives the inner sink, which may refer to the call
  std::unique_ptr<BodySink> inner_;
  Refusal refusal_;
};

}  // namespace berth::http
