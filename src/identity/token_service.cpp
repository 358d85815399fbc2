#include "identity/token_service.h"

#include "base/encoding.h"
#include "base/json.h"
#include "http/challenge.h"
#include "http/errors.h"
#include "identity/scope.h"

namespace berth::identity {
namespace {

using access::Action;
using access::Subject;

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

bool is_form(const http::Headers& headers) {
  const auto type = headers.find("Content-Type").value_or("");
  return equal_ignoring_case(type.substr(0, std::min(type.find(';'), type.size())), kForm);
}

/// RFC 6749, 5.2. 400 makes containerd and others fall back to GET.
http::Response unsupported_grant_type() {
  return http::Response::text(
      400, "application/json",
      R"({"error":"unsupported_grant_type","error_description":"grant_type is password or refresh_token"})");
}

http::Response refuse(const http::Call& call, const Error& error, std::string_view public_url) {
  auto response = http::oci_error(error);
  if (error.fault == Fault::kUnauthenticated)
    http::add_challenge(response, http::Surface::kTokenService, call.request, public_url, "", http::BearerError::kNone);
  return response;
}

}  // namespace

http::Response TokenService::get(http::Call& call) {
  const auto& query = call.request.query;
  const Wanted wanted{.scopes = query.all("scope"),
                      .service = query.find("service").value_or(""),
                      .refresh_token = query.find("offline_token") == "true"};
  auto response = answer(call, call.subject, wanted);
  return response ? std::move(*response) : refuse(call, response.error(), with_.public_url);
}

http::Response TokenService::post(http::Call& call) {
  if (!is_form(call.request.headers))
    return refuse(call, Error::of(Fault::kUnsupportedMediaType, fmt::format("send {}", kForm)), with_.public_url);
  const auto form = http::Query::parse(call.body);
  if (!form) return refuse(call, form.error(), with_.public_url);
  const auto grant_type = form->find("grant_type").value_or("");
  if (grant_type != "password" && grant_type != "refresh_token") return unsupported_grant_type();
  const auto subject = by_form(call, *form);
  if (!subject) return refuse(call, subject.error(), with_.public_url);
  const Wanted wanted{.scopes = form->all("scope"),
                      .service = form->find("service").value_or(""),
                      .refresh_token = form->find("access_type") == "offline"};
  auto response = answer(call, *subject, wanted);
  return response ? std::move(*response) : refuse(call, response.error(), with_.public_url);
}

Result<Subject> TokenService::by_form(const http::Call& call, const http::Query& form) {
  if (form.find("grant_type") == "refresh_token")
    return by_refresh_token(call, form.find("refresh_token").value_or(""));
  const Basic basic{std::string(form.find("username").value_or("")), std::string(form.find("password").value_or(""))};
  return with_.credentials.check(basic, {*call.snapshot, call.now, call.request.peer_address});
}

Result<Subject> TokenService::by_refresh_token(const http::Call& call, std::string_view token) {
  auto claims = with_.refresh_tokens.open(token, call.now);
  if (!claims) return fail(std::move(claims.error()));
  if (Credentials::good(claims->subject, *call.snapshot, call.now) &&
      with_.credentials.mark(claims->subject, *call.snapshot) == claims->credential_mark)
    return std::move(claims->subject);
  return fail(Fault::kUnauthenticated, "the refresh token's credential has ended: log in again");
}

Result<http::Response> TokenService::answer(const http::Call& call, const Subject& subject, const Wanted& wanted) {
  // A token never makes another: it would live for ever.
  if (subject.scope) return fail(Fault::kUnauthenticated, "a registry token is no credential here");
  const auto service = http::service_name(call.request, with_.public_url);
  if (!wanted.service.empty() && !equal_ignoring_case(wanted.service, service))
    return fail(Fault::kInvalid, fmt::format("the service here is {}", service));
  auto asked = parse_scopes(wanted.scopes);
  if (!asked) return fail(std::move(asked.error()));
  Subject scoped{.who = subject.who, .scope = allowed(call, subject, std::move(*asked))};
  const auto scope_text = to_scope_text(*scoped.scope);
  const auto issued = with_.registry_tokens.issue({.subject = std::move(scoped),
                                                   .credential_mark = Credentials::token_mark(subject, *call.snapshot),
                                                   .audience = std::string(service)},
                                                  call.now);
  if (!issued) return fail(issued.error());
  // Docker reads `token`, the OAuth2 clients `access_token`.
  json::object body{{"token", issued->token},
                    {"access_token", issued->token},
                    {"expires_in", std::chrono::duration_cast<std::chrono::seconds>(issued->life).count()},
                    {"issued_at", to_rfc3339(call.now)},
                    {"scope", scope_text}};
  if (wanted.refresh_token && !subject.anonymous())
    body["refresh_token"] =
        with_.refresh_tokens.issue({subject, with_.credentials.mark(subject, *call.snapshot)}, call.now);
  return http::Response::text(200, "application/json", json::serialize(body));
}

/// The catalog stays: the list itself asks what its reader may pull.
access::Scope TokenService::allowed(const http::Call& call, const Subject& subject, access::Scope asked) const {
  const auto decider = call.decider();
  for (auto& [repository, verbs] : asked.repositories) {
    const auto* space =
        call.snapshot->space_by_name.find(access::space_key(call.snapshot->embedded, repository.space()));
    if (!space) {
      verbs = {};
      continue;
    }
    const bool changes = verbs.push || verbs.remove;
    const access::SpaceTarget target{*space, changes
                                                 ? with_.repositories(*space, repository.path())
                                                 : access::RepositoryTarget{repository.path(), false, std::nullopt}};
    verbs.pull = verbs.pull && decider.may(subject, Action::kPull, target);
    verbs.push = verbs.push && decider.may(subject, Action::kPush, target);
    verbs.remove = verbs.remove && decider.may(subject, Action::kDelete, target);
  }
  std::erase_if(asked.repositories, [](const access::ScopeGrant& grant) { return grant.verbs == access::Verbs{}; });
  return asked;
}

}  // namespace berth::identity
