#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "events/events.h"
#include "http/message.h"
#include "identity/context.h"

namespace berth::identity {

inline constexpr std::string_view kSessionCookie = "berth_session";
inline constexpr std::string_view kCsrfHeader = "X-CSRF-Token";

struct SessionRecord {
  SessionId id;
  UserId user;
  std::string csrf_token;
  std::string address;
  std::string user_agent;
  Time created_at;
  Time expires_at;
};
/// Without the CSRF token.
[[nodiscard]] json::object to_json(const SessionRecord& session);

struct OpenedSession {
  SessionRecord session;
  std::string secret;  // the cookie's value; kept as SHA-256 only
};

/// Logins of browsers. Thread-safe; each change is one transaction. A session ends after its lifetime, used or not.
class Sessions {
 public:
  Sessions(Context context, Duration lifetime) : context_(context), lifetime_(lifetime) {}

  /// For a user whose password was just checked. The oldest of more than a hundred sessions of one user end.
  [[nodiscard]] Result<OpenedSession> open(UserId user, const http::Request& request, const events::Actor& by);
  /// By the request's cookie; nullopt without a cookie, kUnauthenticated for one that is unknown or expired.
  [[nodiscard]] Result<std::optional<SessionRecord>> find(const http::Request& request, Time now);
  /// Newest first; those that are not over.
  [[nodiscard]] std::vector<SessionRecord> list(UserId user, Time now);
  /// kNotFound unless the session is the user's.
  [[nodiscard]] Result<void> end(UserId user, SessionId session, const events::Actor& by);
  /// Removes what is over; how many.
  std::size_t sweep(Time now);

  /// Set-Cookie: HttpOnly, SameSite=Strict, and Secure when the request came by TLS.
  [[nodiscard]] std::string cookie(const OpenedSession& opened, const http::Request& request) const;
  [[nodiscard]] static std::string cookie_that_ends(const http::Request& request);

 private:
  Context context_;
  Duration lifetime_;
};

/// kDenied when the request could change something and lacks the session's token: another site sent it.
[[nodiscard]] Result<void> check_csrf(const SessionRecord& session, const http::Request& request);

}  // namespace berth::identity
