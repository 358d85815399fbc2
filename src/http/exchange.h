#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <string>

#include "http/metrics.h"
#include "http/route.h"
#include "http/router.h"
#include "http/surface.h"

namespace berth::http {

/// One request between its head and its answer: the outermost three of the core's middlewares (metrics, log,
/// exceptions).
///
/// It is counted and logged exactly once: by complete(), by abandon(), or as abandoned when it dies without either
/// (net/ dropped it because the client left). One thread at a time.
class Exchange {
 public:
  struct Context {
    Metrics& metrics;
    const Router& router;
    bool log;
  };
  /// kAtOnce: it will be answered or taken back before anything else happens on this thread.
  enum class Answered : bool { kAtOnce, kLater };
  /// `context` must outlive the exchange. From here on the request's path is plain (http/text.h).
  Exchange(Request&& request, const Context& context, Answered answered = Answered::kLater);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  Call call;
  const Route* route = nullptr;
  /// The request's place among those that wait for a password to be checked (Core::AwaitPassword), while it has one.
  std::shared_ptr<void> place;

  [[nodiscard]] Surface surface() const { return surface_; }
  /// The error in this surface's shape; not yet complete.
  [[nodiscard]] Response refuse(const Error& error) const;
  /// Logs the exception and gives what the caller may know of it.
  [[nodiscard]] Error failure(const std::exception_ptr& exception) const;

  /// The answer as it goes out: 304 where the client has it, no body for HEAD, the surface's fields.
  [[nodiscard]] Response complete(Response response);
  void abandon(std::string_view why);
  /// Gives the request back, as if this exchange had never been: it will be begun anew elsewhere.
  [[nodiscard]] Request take_back();

 private:
  void record(int status, std::string_view why = "");

  const Context& context_;
  const Surface surface_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  const bool in_flight_;
  bool recorded_ = false;
};

}  // namespace berth::http
