#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "http/challenge.h"
#include "http/exchange.h"
#include "http/guard.h"
#include "http/metrics.h"
#include "http/router.h"
#include "http/server_core.h"

namespace berth::http {

/// The core that net/ feeds: every request goes through one list of middlewares, in this order.
///
///   metrics      counted and timed by route pattern                                      exchange.cpp
///   log          one line when the answer is ready, or the client has gone               exchange.cpp
///   exceptions   → 500, or 503 with Retry-After; the reason goes to the log alone        failure.cpp
///   route        404; 405 with Allow; the path is decoded here, once                     router.cpp
///   origin       403 for a change that another site's page makes a browser send          cross_site.cpp
///   body limit   413 before a byte is read, where Content-Length tells                   core.cpp
///   wait         for a password to be checked, on another pool; 429 or 503 where many do core.cpp
///   authenticate who asks, on the snapshot of this moment                                core.cpp
///   authorise    the route's permission, through the access rule                         guard.cpp
///   handler
///
/// A body comes as slowly as its sender likes. When it is whole and something has changed meanwhile, authenticate and
/// authorise are asked again, before the handler; at the end of a stream authorise alone, since an upload may outlive
/// the token that opened it.
///
/// On the way out: If-None-Match → 304, HEAD without a body, the surface's header fields (exchange.cpp).
///
/// A route that may be answered from memory (Route::recall) is tried so first, on the network's thread: recall().
///
/// Any number of threads; immutable once built. The steps before the handler cost no I/O, except that push and
/// delete on /v2 look up whose the repository is.
class Core final : public ServerCore {
 public:
  /// `registry_surface`: Basic and registry tokens count (/v2 and the token service); otherwise sessions and API
  /// tokens.
  using Authenticate =
      std::function<Result<access::Subject>(const Request&, bool registry_surface, const access::Snapshot&, Time)>;
  /// The same for /v2 where memory alone can tell, without waiting; nullopt: ask Authenticate.
  using RecallSubject = std::function<std::optional<access::Subject>(const Request&, const access::Snapshot&, Time)>;
  /// Asked before whatever may check a password, which takes long: before authenticate with an empty `body`, and before
  /// a handler with its body. A place among those who wait for such a check, given back when it goes; null where there
  /// is nothing to check, or memory has the answer. kTooManyRequests or kUnavailable where too many wait already.
  using AwaitPassword = std::function<Result<std::shared_ptr<void>>(const Call&, std::string_view body)>;
  struct Dependencies {
    std::function<access::SnapshotPtr()> snapshot;  // state::SnapshotStore::current
    const Clock& clock;
    Authenticate authenticate;
    /// state::SnapshotStore::at_hand, or nothing where no request is answered from memory.
    std::function<access::SnapshotPtr()> recall_snapshot = nullptr;
    RecallSubject recall_subject = nullptr;
    /// Or nothing: then passwords are checked where the request is.
    AwaitPassword await_password = nullptr;
    RepositoryLookup repositories;
    prometheus::Registry& metrics;
  };
  struct Settings {
    std::string public_url;  // "https://registry.example.com"; empty: what the request says
    bool log_requests = true;
  };

  /// Throws std::logic_error for a route table that contradicts itself (Router, Guard::check_route). What the
  /// dependencies refer to must outlive the core and every Dispatch that it gave.
  Core(Routes routes, Dependencies dependencies, Settings settings);

  Dispatch begin(Request request) override;
  /// The same steps on what memory holds. Whatever is not a plain success is left to begin().
  std::optional<Response> recall(Request& request) override;
  Response refuse(const Error& error, std::string_view path) override;

 private:
  /// An answer ends the way; nullopt goes on.
  using Step = std::optional<Response> (Core::*)(Exchange&) const;
  static const std::array<Step, 3> kSteps;  // up to where a request may have to wait
  std::optional<Response> find_route(Exchange& exchange) const;
  std::optional<Response> check_origin(Exchange& exchange) const;
  std::optional<Response> limit_body(Exchange& exchange) const;
  std::optional<Response> authenticate(Exchange& exchange) const;
  std::optional<Response> authorise(Exchange& exchange) const;

  [[nodiscard]] Dispatch wait_or_enter(const std::shared_ptr<Exchange>& exchange) const;
  [[nodiscard]] Dispatch enter(const std::shared_ptr<Exchange>& exchange) const;
  [[nodiscard]] std::variant<Dispatch::Pool, Response> wait_with_body(Exchange& exchange, std::string_view body) const;

  [[nodiscard]] std::optional<Response> recall(Exchange& exchange) const;
  [[nodiscard]] Response challenge(const Exchange& exchange, const Error& error, BearerError reason) const;
  [[nodiscard]] Dispatch hand_over(std::shared_ptr<Exchange> exchange) const;
  [[nodiscard]] std::optional<Response> ask_again(Exchange& exchange) const;
  [[nodiscard]] std::optional<Response> decide_again(Exchange& exchange) const;

  const Routes routes_;
  const Dependencies dependencies_;
  const Settings settings_;
  const Router router_;
  const Guard guard_;
  Metrics metrics_;
  const Exchange::Context context_;
};

}  // namespace berth::http
