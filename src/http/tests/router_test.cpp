#include "http/router.h"

namespace berth::http {
namespace {

Response nothing(Call&) {
  return Response::of(200);
}

Route route(Method method, std::string_view pattern) {
  return {.method = method, .pattern = pattern, .permission = Permission::open(), .handler = Handler(nothing)};
}

const Routes& registry_routes() {
  static const Routes routes{
      route(Method::kGet, "/v2/"),
      route(Method::kGet, "/v2/_catalog"),
      route(Method::kGet, "/v2/{name+}/blobs/{digest}"),
      route(Method::kDelete, "/v2/{name+}/blobs/{digest}"),
      route(Method::kPost, "/v2/{name+}/blobs/uploads/"),
      route(Method::kPatch, "/v2/{name+}/blobs/uploads/{id}"),
      route(Method::kGet, "/v2/{name+}/manifests/{reference}"),
      route(Method::kPut, "/v2/{name+}/manifests/{reference}"),
      route(Method::kGet, "/v2/{name+}/tags/list"),
      route(Method::kGet, "/api/v1/users/me"),
      route(Method::kGet, "/api/v1/users/{user}"),
      route(Method::kPatch, "/api/v1/users/{user}"),
      route(Method::kGet, "/api/v1/repositories/{repository+}"),
      route(Method::kGet, "/api/v1/repositories/{repository+}/artifacts/{reference}"),
      route(Method::kGet, "/"),
  };
  return routes;
}

/// "pattern name=value …", "405 allow", "404", or the fault's name.
std::string describe(const Result<Router::Outcome>& outcome) {
  if (!outcome) return std::string(name_of(outcome.error().fault));
  if (std::holds_alternative<Router::Nothing>(*outcome)) return "404";
  if (const auto* others = std::get_if<Router::OtherMethods>(&*outcome)) return "405 " + others->allow;
  const auto& match = std::get<Router::Match>(*outcome);
  std::string text(match.route->pattern);
  for (const auto& [name, value] : match.parameters) text += fmt::format(" {}={}", name, value);
  return text;
}

struct Case {
  std::string_view name;
  Method method;
  std::string path;
  std::string expected;
};

class Paths : public testing::TestWithParam<Case> {};

TEST_P(Paths, take_their_route) {
  static const Router router(registry_routes());
  EXPECT_EQ(describe(router.match(GetParam().method, GetParam().path)), GetParam().expected);
}

constexpr auto kGet = Method::kGet;

INSTANTIATE_TEST_SUITE_P(
    Ordinary, Paths,
    testing::Values(
        Case{"ping", kGet, "/v2/", "/v2/"}, Case{"ping_without_slash", kGet, "/v2", "/v2/"},
        Case{"head_is_served_by_get", Method::kHead, "/v2/", "/v2/"}, Case{"root", kGet, "/", "/"},
        Case{"catalog_is_no_name", kGet, "/v2/_catalog", "/v2/_catalog"},
        Case{"tag", kGet, "/v2/shop/web/manifests/1.2",
             "/v2/{name+}/manifests/{reference} name=shop/web reference=1.2"},
        Case{"deep_name", kGet, "/v2/a/b/c/d/tags/list", "/v2/{name+}/tags/list name=a/b/c/d"},
        Case{"name_with_blobs_in_it", kGet, "/v2/a/blobs/b/manifests/x",
             "/v2/{name+}/manifests/{reference} name=a/blobs/b reference=x"},
        Case{"name_that_ends_in_manifests", kGet, "/v2/a/manifests/tags/list",
             "/v2/{name+}/tags/list name=a/manifests"},
        Case{"name_that_looks_like_an_upload", Method::kPost, "/v2/x/blobs/uploads/blobs/uploads/",
             "/v2/{name+}/blobs/uploads/ name=x/blobs/uploads"},
        Case{"name_that_ends_in_blobs_uploads", kGet, "/v2/a/blobs/uploads/manifests/list",
             "/v2/{name+}/manifests/{reference} name=a/blobs/uploads reference=list"},
        Case{"upload_start", Method::kPost, "/v2/a/b/blobs/uploads/", "/v2/{name+}/blobs/uploads/ name=a/b"},
        Case{"upload_start_without_slash", Method::kPost, "/v2/a/b/blobs/uploads",
             "/v2/{name+}/blobs/uploads/ name=a/b"},
        Case{"upload_session", Method::kPatch, "/v2/a/b/blobs/uploads/7f",
             "/v2/{name+}/blobs/uploads/{id} name=a/b id=7f"},
        Case{"literal_goes_first", kGet, "/api/v1/users/me", "/api/v1/users/me"},
        Case{"parameter", kGet, "/api/v1/users/mel", "/api/v1/users/{user} user=mel"},
        Case{"longest_suffix_goes_first", kGet, "/api/v1/repositories/a/b/artifacts/x",
             "/api/v1/repositories/{repository+}/artifacts/{reference} repository=a/b reference=x"},
        Case{"greedy_to_the_end", kGet, "/api/v1/repositories/a/artifacts",
             "/api/v1/repositories/{repository+} repository=a/artifacts"},
        Case{"escapes_are_decoded_once", kGet, "/api/v1/users/a%40b%2525", "/api/v1/users/{user} user=a@b%25"},
        Case{"escaped_literal", kGet, "/%762/_catalog", "/v2/_catalog"},
        Case{"unicode_parameter", kGet, "/api/v1/users/%E4%B8%AD", "/api/v1/users/{user} user=中"}),
    [](const auto& info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Refused, Paths,
    testing::Values(Case{"unknown", kGet, "/api/v1/nothing", "404"}, Case{"prefix_only", kGet, "/v2/a/b", "404"},
                    Case{"name_is_never_empty", kGet, "/v2/manifests/x", "404"},
                    Case{"nested_name_empty", kGet, "/v2/tags/list", "404"},
                    Case{"trailing_slash", kGet, "/api/v1/users/me/", "404"},
                    Case{"trailing_slash_on_tags", kGet, "/v2/a/b/tags/list/", "404"},
                    Case{"case_matters", kGet, "/V2/", "404"},
                    Case{"other_method", Method::kPost, "/api/v1/users/me", "405 GET, HEAD"},
                    Case{"several_methods", Method::kPost, "/api/v1/users/x", "405 GET, HEAD, PATCH"},
                    Case{"get_of_the_upload_start_is_no_blob", kGet, "/v2/a/b/blobs/uploads/", "405 POST"},
                    Case{"options", Method::kOptions, "/v2/", "405 GET, HEAD"}),
    [](const auto& info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(Hostile, Paths,
                         testing::Values(Case{"empty", kGet, "", "invalid"}, Case{"no_slash", kGet, "v2/", "invalid"},
                                         Case{"absolute_form", kGet, "http://x/v2/", "invalid"},
                                         Case{"dots", kGet, "/v2/a/../b/tags/list", "invalid"},
                                         Case{"dot", kGet, "/v2/a/./b/tags/list", "invalid"},
                                         Case{"encoded_dots", kGet, "/v2/a/%2e%2e/b/tags/list", "invalid"},
                                         Case{"mixed_dots", kGet, "/v2/a/.%2E/b/tags/list", "invalid"},
                                         Case{"encoded_slash", kGet, "/v2/a%2Fb/tags/list", "invalid"},
                                         Case{"encoded_slash_in_parameter", kGet, "/api/v1/users/a%2fb", "invalid"},
                                         Case{"double_encoded_dots_are_a_name", kGet, "/api/v1/users/%252e%252e",
                                              "/api/v1/users/{user} user=%2e%2e"},
                                         Case{"nul", kGet, "/api/v1/users/a%00", "invalid"},
                                         Case{"newline", kGet, "/api/v1/users/a%0d%0aX", "invalid"},
                                         Case{"delete_character", kGet, "/api/v1/users/a%7f", "invalid"},
                                         Case{"double_slash", kGet, "/v2//a/b/tags/list", "invalid"},
                                         Case{"two_slashes", kGet, "//", "invalid"},
                                         Case{"double_slash_at_the_end", kGet, "/v2//", "invalid"},
                                         Case{"broken_escape", kGet, "/api/v1/users/a%", "invalid"},
                                         Case{"broken_escape_digits", kGet, "/api/v1/users/a%g0", "invalid"},
                                         Case{"overlong_slash", kGet, "/api/v1/users/a%C0%AF", "invalid"},
                                         Case{"lone_continuation", kGet, "/api/v1/users/%80", "invalid"},
                                         Case{"cut_sequence", kGet, "/api/v1/users/%E4%B8", "invalid"},
                                         Case{"surrogate", kGet, "/api/v1/users/%ED%A0%80", "invalid"},
                                         Case{"eight_kib_segment", kGet, "/api/v1/users/" + std::string(8192, 'a'),
                                              "/api/v1/users/{user} user=" + std::string(8192, 'a')}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Router, bounds_the_number_of_segments) {
  const Router router(registry_routes());
  std::string path = "/v2";
  for (int i = 0; i < 2000; ++i) path += "/a";
  EXPECT_EQ(describe(router.match(Method::kGet, path + "/tags/list")), "uri_too_long");
}

TEST(Router, allow_leaves_the_refused_method_out) {
  const Router router(registry_routes());
  EXPECT_EQ(router.allow("/v2/a/b/blobs/x", Method::kDelete), "GET, HEAD");
  EXPECT_EQ(router.allow("/nowhere", Method::kDelete), "");
}

struct BadTable {
  std::string_view name;
  std::vector<std::string_view> patterns;
};

class BadTables : public testing::TestWithParam<BadTable> {};

TEST_P(BadTables, are_refused_at_start) {
  Routes routes;
  for (const auto pattern : GetParam().patterns) routes.push_back(route(Method::kGet, pattern));
  EXPECT_THROW(Router{routes}, std::logic_error);
}

INSTANTIATE_TEST_SUITE_P(Cases, BadTables,
                         testing::Values(BadTable{"same_twice", {"/a", "/a"}},
                                         BadTable{"same_but_for_the_parameter_name", {"/a/{x}", "/a/{y}"}},
                                         BadTable{"same_but_for_the_slash", {"/a/{n+}/b/", "/a/{n+}/b"}},
                                         BadTable{"two_greedy", {"/a/{x+}/{y+}"}},
                                         BadTable{"parameter_twice", {"/a/{x}/{x}"}}, BadTable{"no_name", {"/a/{}"}},
                                         BadTable{"greedy_without_a_name", {"/a/{+}"}},
                                         BadTable{"half_a_brace", {"/a/{x"}}, BadTable{"brace_inside", {"/a/x{y}"}},
                                         BadTable{"no_slash", {"a"}}, BadTable{"empty_segment", {"/a//b"}}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Router, one_path_may_have_several_methods) {
  Routes routes{route(Method::kGet, "/a/{x}"), route(Method::kDelete, "/a/{y}")};
  EXPECT_EQ(describe(Router(routes).match(Method::kDelete, "/a/1")), "/a/{y} y=1");
}

}  // namespace
}  // namespace berth::http
