#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "http/route.h"

namespace berth::http {

/// Finds the route of a request. Built once from the route table; any thread may ask; a few string comparisons each.
///
/// A path is split at '/' first and every segment is percent-decoded once after that, so that %2F never separates.
/// A literal goes before {parameter}, and {parameter} before {name+}. What follows {name+} is matched from the end of
/// the path: in /v2/a/blobs/b/manifests/x the name is "a/blobs/b". A pattern that ends in '/' also matches without it;
/// any other path has no trailing slash.
class Router {
 public:
  /// `routes` must outlive the router and not move. Throws std::logic_error for a pattern that it cannot read, and for
  /// two routes of one method that match the same paths.
  explicit Router(const Routes& routes);
  ~Router();
  Router(Router&&) noexcept;

  struct Match {
    const Route* route;
    PathParameters parameters;
  };
  /// The path is known, but not with this method.
  struct OtherMethods {
    std::string allow;  // as the Allow field lists them (RFC 9110, 10.2.1)
  };
  struct Nothing {};
  using Outcome = std::variant<Match, OtherMethods, Nothing>;

  /// `path` as received, not decoded. kInvalid for segments that no resource can have: empty, ".", "..", with a
  /// decoded '/', control characters or broken UTF-8; kUriTooLong for more than 192 segments.
  [[nodiscard]] Result<Outcome> match(Method method, std::string_view path) const;

  /// What the path takes, as the Allow field lists it, but for `refused` (RFC 9110, 15.5.6: every 405 says it).
  [[nodiscard]] std::string allow(std::string_view path, Method refused) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
};

}  // namespace berth::http
