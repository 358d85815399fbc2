#include "cli/lasting.h"

namespace berth::cli {
namespace {

bool later(const json::value* expires_at, Time login_ends) {
  const auto* text = expires_at ? expires_at->if_string() : nullptr;
  const auto time = text ? parse_rfc3339(*text) : Result<Time>(berth::fail(Fault::kInvalid, "never"));
  return !time || *time > login_ends;
}

}  // namespace

Outcome<bool> outlives_login(Context& context, const ApiRequest& request) {
  if (!context.login_ends) return false;
  const auto* given = request.body ? request.body->if_contains("expires_at") : nullptr;
  const auto& command = *context.invocation.command;
  if (given || command.verb == "create") return later(given, *context.login_ends);
  constexpr std::string_view kSecret = "/secret";
  auto path = request.path;
  if (path.ends_with(kSecret)) path.resize(path.size() - kSecret.size());
  const auto now =
      context.server->send({.method = Method::kGet, .path = path, .query = {}, .body = {}, .if_match = {}});
  if (!now) return fail(now.error());
  return later(find(*now, "expires_at"), *context.login_ends);
}

}  // namespace berth::cli
