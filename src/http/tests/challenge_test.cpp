#include "http/challenge.h"

namespace berth::http {
namespace {

using access::Action;

Request make_request(Method method, std::string_view path, std::string_view query = "") {
  Request request;
  request.method = method;
  request.path = std::string(path);
  request.query = Query::parse(query).value();
  request.scheme = "https";
  request.host = "registry.example.com:8443";
  return request;
}

struct BaseCase {
  std::string_view name;
  std::string_view scheme;
  std::string host;
  std::string_view public_url;
  std::string_view url;
  std::string_view service;
};

class BaseUrl : public testing::TestWithParam<BaseCase> {};

TEST_P(BaseUrl, is_where_clients_reach_us) {
  Request request;
  request.scheme = std::string(GetParam().scheme);
  request.host = GetParam().host;
  EXPECT_EQ(base_url(request, GetParam().public_url), GetParam().url);
  EXPECT_EQ(service_name(request, GetParam().public_url), GetParam().service);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, BaseUrl,
    testing::Values(BaseCase{"from_the_request", "https", "r.example.com", "", "https://r.example.com",
                             "r.example.com"},
                    BaseCase{"with_a_port", "http", "127.0.0.1:5000", "", "http://127.0.0.1:5000", "127.0.0.1:5000"},
                    BaseCase{"ipv6", "http", "[::1]:5000", "", "http://[::1]:5000", "[::1]:5000"},
                    BaseCase{"public_url_wins", "http", "10.0.0.1", "https://r.example.com/", "https://r.example.com",
                             "r.example.com"},
                    BaseCase{"no_host", "http", "", "", "http://localhost", "localhost"},
                    BaseCase{"quote_in_the_host", "http", "a\",realm=\"evil", "", "http://localhost", "localhost"},
                    BaseCase{"path_in_the_host", "http", "a/b", "", "http://localhost", "localhost"},
                    BaseCase{"user_in_the_host", "http", "a@b", "", "http://localhost", "localhost"},
                    BaseCase{"strange_scheme", "javascript", "a", "", "http://a", "a"}),
    [](const auto& info) { return std::string(info.param.name); });

struct ScopeCase {
  std::string_view name;
  Method method;
  std::string_view path;
  std::string_view query;
  Permission permission;
  std::string_view repository;
  std::string_view scope;
};

class Scopes : public testing::TestWithParam<ScopeCase> {};

TEST_P(Scopes, name_what_the_route_needs) {
  const auto& [name, method, path, query, permission, repository, scope] = GetParam();
  Call call{};
  call.request = make_request(method, path, query);
  if (!repository.empty()) call.path.emplace("name", std::string(repository));
  EXPECT_EQ(scope_of(call, permission), scope);
}

const auto kPull = Permission::repository(Action::kPull);
const auto kPush = Permission::repository(Action::kPush);
const auto kDelete = Permission::repository(Action::kDelete);
constexpr std::string_view kUploads = "/v2/shop/web/blobs/uploads/";

INSTANTIATE_TEST_SUITE_P(
    Cases, Scopes,
    testing::Values(
        ScopeCase{"ping", Method::kGet, "/v2/", "", Permission::signed_in(), "", ""},
        ScopeCase{"catalog", Method::kGet, "/v2/_catalog", "", Permission::signed_in(), "", "registry:catalog:*"},
        ScopeCase{"pull", Method::kGet, "/v2/shop/web/manifests/1", "", kPull, "shop/web", "repository:shop/web:pull"},
        ScopeCase{"push", Method::kPost, kUploads, "", kPush, "shop/web", "repository:shop/web:pull,push"},
        ScopeCase{"cancel_needs_push", Method::kDelete, kUploads, "", kPush, "shop/web",
                  "repository:shop/web:pull,push"},
        ScopeCase{"delete", Method::kDelete, "/v2/shop/web/manifests/1", "", kDelete, "shop/web",
                  "repository:shop/web:delete"},
        ScopeCase{"mount_names_both", Method::kPost, kUploads, "mount=sha256:1&from=tools/base", kPush, "shop/web",
                  "repository:shop/web:pull,push repository:tools/base:pull"},
        ScopeCase{"mount_from_itself", Method::kPost, kUploads, "mount=sha256:1&from=shop/web", kPush, "shop/web",
                  "repository:shop/web:pull,push"},
        ScopeCase{"from_without_mount", Method::kPost, kUploads, "from=tools/base", kPush, "shop/web",
                  "repository:shop/web:pull,push"},
        ScopeCase{"mount_from_no_name", Method::kPost, kUploads, "mount=x&from=a%22%20b%0d%0aX:1", kPush, "shop/web",
                  "repository:shop/web:pull,push"},
        ScopeCase{"bad_name", Method::kGet, "/v2/x", "", kPull, "Bad/\"Name", ""}),
    [](const auto& info) { return std::string(info.param.name); });

std::vector<std::string_view> challenges(const Response& response) {
  return response.headers.all("WWW-Authenticate");
}

TEST(Challenge, on_the_registry_names_bearer_alone) {
  auto response = Response::of(401);
  add_challenge(response, Surface::kRegistry, make_request(Method::kGet, "/v2/"), "", "repository:a/b:pull",
                BearerError::kNone);
  EXPECT_THAT(challenges(response),
              testing::ElementsAre(R"(Bearer realm="https://registry.example.com:8443/service/token",)"
                                   R"(service="registry.example.com:8443",scope="repository:a/b:pull")"));
}

TEST(Challenge, of_the_ping_has_no_scope) {
  auto response = Response::of(401);
  add_challenge(response, Surface::kRegistry, make_request(Method::kGet, "/v2/"), "https://r.example.com", "",
                BearerError::kInvalidToken);
  EXPECT_EQ(challenges(response).front(),
            R"(Bearer realm="https://r.example.com/service/token",service="r.example.com",error="invalid_token")");
}

TEST(Challenge, of_the_token_service_is_basic_alone) {
  auto response = Response::of(401);
  add_challenge(response, Surface::kTokenService, make_request(Method::kGet, "/service/token"), "", "",
                BearerError::kNone);
  EXPECT_THAT(challenges(response), testing::ElementsAre(R"(Basic realm="registry.example.com:8443")"));
}

TEST(Challenge, of_the_api_makes_no_browser_ask) {
  auto response = Response::of(401);
  add_challenge(response, Surface::kApi, make_request(Method::kGet, "/api/v1/images"), "", "", BearerError::kNone);
  EXPECT_THAT(challenges(response), testing::ElementsAre(R"(Bearer realm="berth")"));
}

}  // namespace
}  // namespace berth::http
