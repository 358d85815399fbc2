#include "http/challenge.h"

namespace berth::http {
namespace {

using access::Action;

bool is_host(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_' || c == ':' || c == '[' || c == ']';
  };
  return !text.empty() && text.size() <= 255 && std::ranges::all_of(text, allowed);
}

std::string_view verbs_of(Action action) {
  if (action == Action::kPush) return "pull,push";
  if (action == Action::kDelete) return "delete";
  return "pull";
}

std::string_view text_of(BearerError error) {
  switch (error) {
    case BearerError::kNone:
      return "";
    case BearerError::kInvalidToken:
      return "invalid_token";
    case BearerError::kInsufficientScope:
      return "insufficient_scope";
  }
  return "";
}

}  // namespace

std::string base_url(const Request& request, std::string_view public_url) {
  while (public_url.ends_with('/')) public_url.remove_suffix(1);
  if (!public_url.empty()) return std::string(public_url);
  const std::string_view scheme = request.scheme == "https" ? "https" : "http";
  return fmt::format("{}://{}", scheme, is_host(request.host) ? request.host : "localhost");
}

std::string_view service_name(const Request& request, std::string_view public_url) {
  while (public_url.ends_with('/')) public_url.remove_suffix(1);
  if (public_url.empty()) return is_host(request.host) ? std::string_view(request.host) : "localhost";
  const auto start = public_url.find("://");
  if (start == std::string_view::npos) return public_url;
  const auto host = public_url.substr(start + 3);
  return host.substr(0, host.find('/'));
}

// A source that is no name names no scope, and no header.
std::optional<RepositoryName> mount_source(const Call& call) {
  const auto& query = call.request.query;
  const auto from = query.find("from");
  if (call.request.method != Method::kPost || !query.find("mount") || !from) return std::nullopt;
  auto name = RepositoryName::parse(*from);
  return name ? std::optional(std::move(*name)) : std::nullopt;
}

std::string scope_of(const Call& call, const Permission& permission) {
  if (permission.on() != Permission::On::kRepository)
    return call.request.path.starts_with("/v2/_catalog") ? "registry:catalog:*" : "";
  const auto name = RepositoryName::parse(call.param("name"));
  if (!name) return "";
  auto scope = fmt::format("repository:{}:{}", name->text(), verbs_of(permission.action()));
  if (const auto source = mount_source(call); source && *source != *name)
    scope += fmt::format(" repository:{}:pull", source->text());
  return scope;
}

void add_challenge(Response& response, Surface surface, const Request& request, std::string_view public_url,
                   std::string_view scope, BearerError error) {
  const auto service = service_name(request, public_url);
  if (surface == Surface::kTokenService) {
    response.headers.add("WWW-Authenticate", fmt::format(R"(Basic realm="{}")", service));
    return;
  }
  std::string bearer = R"(Bearer realm="berth")";
  if (surface == Surface::kRegistry)
    bearer = fmt::format(R"(Bearer realm="{}/service/token",service="{}")", base_url(request, public_url), service);
  if (!scope.empty()) bearer += fmt::format(R"(,scope="{}")", scope);
  if (error != BearerError::kNone) bearer += fmt::format(R"(,error="{}")", text_of(error));
  response.headers.add("WWW-Authenticate", std::move(bearer));
}

}  // namespace berth::http
