#include "cli/server.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "cli/human.h"

namespace berth::cli {
namespace {

constexpr std::size_t kPage = 1000;
constexpr JsonLimits kLimits{.bytes = 64U << 20, .depth = 64, .values = 5'000'000};

Outcome<json::value> document_of(const HttpReply& reply) {
  if (reply.body.empty()) return json::value(nullptr);
  auto document = parse_json(reply.body, kLimits);
  if (!document) return fail(kRefused, "the server's answer is no JSON: is this a Berth server?");
  return std::move(*document);
}

}  // namespace

std::string basic_authorization(std::string_view login, std::string_view password) {
  return "Basic " + to_base64(fmt::format("{}:{}", login, password));
}

std::string target_of(const ApiRequest& request) {
  std::string target = request.path;
  for (const auto& [key, value] : request.query)
    target += fmt::format("{}{}={}", target.contains('?') ? '&' : '?', percent_encode(key), percent_encode(value));
  return target;
}

Failure failure_of(const HttpReply& reply) {
  Failure failure{.status = reply.status == 401 ? kNotLoggedIn : kRefused, .message = {}, .subjects = {}};
  if (reply.status < 400) {
    failure.message = fmt::format(
        "the server answered {} and points to '{}'; no credential is sent there. Log in there"
        " if that is the server you mean",
        reply.status, printable(reply.header("location")));
    return failure;
  }
  const auto problem = parse_json(reply.body);
  const auto detail = problem ? find_string(*problem, "detail") : std::nullopt;
  failure.message = detail ? printable(*detail) : fmt::format("the server answered {} without a reason", reply.status);
  if (const auto* subjects = problem ? find_array(*problem, "subjects") : nullptr)
    for (const auto& subject : *subjects)
      if (const auto* text = subject.if_string()) failure.subjects.push_back(printable(*text));
  if (const auto after = reply.header("retry-after"); !after.empty())
    failure.message += fmt::format("; try again in {} s", printable(after));
  return failure;
}

std::optional<std::string> next_page(std::string_view link) {
  const auto open = link.find('<');
  const auto close = link.find('>', open);
  if (close == std::string_view::npos || !link.substr(close).contains("rel=\"next\"")) return std::nullopt;
  const auto target = link.substr(open + 1, close - open - 1);
  // "//host/…" is another host.
  if (!target.starts_with('/') || target.starts_with("//")) return std::nullopt;
  return std::string(target);
}

Outcome<HttpReply> Server::exchange(const ApiRequest& request) {
  HttpRequest raw{.method = request.method, .url = url_ + target_of(request), .headers = {}, .body = {}};
  if (!authorization_.empty()) raw.headers.push_back("Authorization: " + authorization_);
  if (!request.if_match.empty()) raw.headers.push_back("If-Match: " + request.if_match);
  if (request.body) raw.body = json::serialize(*request.body);
  auto reply = client_.send(raw);
  if (!reply) return fail(kUnreachable, fmt::format("cannot reach {}: {}", url_, reply.error().message));
  if (reply->status < 200 || reply->status > 299) return fail(failure_of(*reply));
  return reply;
}

Outcome<json::value> Server::send(const ApiRequest& request) {
  const auto reply = exchange(request);
  if (!reply) return fail(reply.error());
  return document_of(*reply);
}

Outcome<json::array> Server::list(ApiRequest request, std::size_t limit) {
  json::array all;
  request.query.emplace_back("limit", std::to_string(limit == 0 ? kPage : std::min(limit, kPage)));
  while (true) {
    const auto reply = exchange(request);
    if (!reply) return fail(reply.error());
    auto document = document_of(*reply);
    if (!document) return fail(document.error());
    const auto* items = find_array(*document, "items");
    if (!items) return fail(kRefused, "the server's answer is no list: is this a Berth server of this version?");
    for (const auto& item : *items) {
      all.push_back(item);
      if (all.size() == limit) return all;
    }
    const auto next = next_page(reply->header("link"));
    if (!next) return all;
    request = {.method = Method::kGet, .path = *next, .query = {}, .body = {}, .if_match = {}};
  }
}

Outcome<std::string> Server::embedded_registry() {
  if (!embedded_.empty()) return embedded_;
  const auto registries =
      list({.method = Method::kGet, .path = "/api/v1/registries", .query = {}, .body = {}, .if_match = {}});
  if (!registries) return fail(registries.error());
  for (const auto& registry : *registries)
    if (find_string(registry, "kind") == "berth" && find_string(registry, "address").value_or("").empty())
      embedded_ = std::string(find_string(registry, "name").value_or(""));
  if (embedded_.empty()) return fail(kRefused, "this server has no registry of its own; write REGISTRY/SPACE");
  return embedded_;
}

}  // namespace berth::cli
