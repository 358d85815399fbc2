#include "identity/login_places.h"

#include "base/json.h"

namespace berth::identity {
namespace {

std::optional<Basic> in_head(const http::Call& call) {
  const auto authorization = parse_authorization(call.request.headers);
  const auto* basic = authorization ? std::get_if<Basic>(&*authorization) : nullptr;
  return basic ? std::optional(*basic) : std::nullopt;
}

std::optional<Basic> in_form(std::string_view body) {
  const auto form = http::Query::parse(body);
  if (!form || form->find("grant_type") != "password") return std::nullopt;
  return Basic{std::string(form->find("username").value_or("")), std::string(form->find("password").value_or(""))};
}

std::optional<Basic> of_login(std::string_view body) {
  const auto document = parse_json(body);
  if (!document) return std::nullopt;
  return Basic{std::string(find_string(*document, "login").value_or("")),
               std::string(find_string(*document, "password").value_or(""))};
}

std::optional<Basic> of_own(const http::Call& call, std::string_view body) {
  const auto* who = std::get_if<access::UserSubject>(&call.subject.who);
  const auto* user = who ? call.snapshot->users.find(who->id) : nullptr;
  const auto document = parse_json(body);
  if (!user || !document) return std::nullopt;
  return Basic{user->login.text(), std::string(find_string(*document, "current_password").value_or(""))};
}

// What its handler is about to refuse for another reason has to wait for nothing, or for a little too much.
std::optional<Basic> in_body(const http::Call& call, std::string_view body) {
  using http::Method;
  const auto is = [&](Method method, std::string_view path) {
    return call.request.method == method && call.request.path == path;
  };
  if (is(Method::kPost, "/service/token")) return in_form(body);
  if (is(Method::kPost, "/api/v1/session")) return of_login(body);
  if (is(Method::kPut, "/api/v1/me/password")) return of_own(call, body);
  return std::nullopt;
}

}  // namespace

Result<std::shared_ptr<void>> LoginPlaces::find(const http::Call& call, std::string_view body) {
  const auto login = body.empty() ? in_head(call) : in_body(call, body);
  if (!login) return nullptr;
  return credentials_.wait(*login, {*call.snapshot, call.now, call.request.peer_address});
}

}  // namespace berth::identity
