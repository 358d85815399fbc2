#pragma once

#include <functional>
#include <string_view>
#include <variant>

#include "http/route.h"

namespace berth::http {

/// What net/ needs to know of a request before it reads the body.
struct Dispatch {
  /// Answer with this and ignore the body: no route, not allowed, too large, shutting down.
  struct Refused {
    Response response;
  };
  enum class Pool { kApi, kLogins };
  /// Read at most `limit` bytes into memory, then call `run` with them.
  struct Buffered {
    std::size_t limit;
    std::move_only_function<Response(std::string body)> run;
    /// Where there is one: to be called with the body on the api pool first. It tells where `run` belongs, or ends the
    /// request with an answer.
    std::move_only_function<std::variant<Pool, Response>(std::string_view body)> before = nullptr;
  };
  /// Feed the body to the sink.
  struct Streamed {
    std::unique_ptr<BodySink> sink;
  };
  /// Call this on the logins pool: to go on is to check a password, which takes long. What it gives is not Later again.
  struct Later {
    std::move_only_function<Dispatch()> go_on;
  };
  std::variant<Refused, Buffered, Streamed, Later> next;
};

/// The seam between net/ and the core: routes, authenticates, authorises, and runs handlers through the middleware
/// list (core.cpp). Called on the api pool, and where Dispatch says on the logins pool; any number of threads at once.
/// Never throws.
class ServerCore {
 public:
  virtual ~ServerCore() = default;
  /// Expect: 100-continue is answered by net/ only after this did not refuse.
  virtual Dispatch begin(Request request) = 0;
  /// On the network's own thread: the whole answer to a request without a body, when memory alone has it
  /// (Route::recall). Otherwise nullopt, and `request` is as it was, for begin(). Never waits.
  virtual std::optional<Response> recall(Request& /*request*/) { return std::nullopt; }
  /// Turns net/'s own refusals (bad syntax, header flood, timeout) into the same kind of answer as all others, and
  /// counts them.
  virtual Response refuse(const Error& error, std::string_view path) = 0;
};

}  // namespace berth::http
