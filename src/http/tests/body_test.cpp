#include "base/names.h"
#include "http/json_body.h"
#include "http/paging.h"

namespace berth::http {
namespace {

using testing::ElementsAre;

enum class Colour { kRed, kBlue };

TEST(Fields, are_read_into_strong_types) {
  Fields fields(R"({"name":"retail","count":3,"on":true,"colour":"blue","tags":["a","b"],"ids":[7,8],
                    "until":"2026-11-21T03:04:05Z","space":12,"note":null})");
  EXPECT_EQ(fields.required<WorkspaceName>("name").text(), "retail");
  EXPECT_EQ(fields.required_int("count", 1, 10), 3);
  EXPECT_EQ(fields.optional_bool("on"), true);
  EXPECT_EQ(fields.required_choice<Colour>("colour", {{"red", Colour::kRed}, {"blue", Colour::kBlue}}), Colour::kBlue);
  EXPECT_EQ(fields.list<Tag>("tags").size(), 2U);
  EXPECT_THAT(fields.ids<SpaceId>("ids"), ElementsAre(SpaceId(7), SpaceId(8)));
  EXPECT_EQ(to_rfc3339(fields.optional_time("until").value()), "2026-11-21T03:04:05.000Z");
  EXPECT_EQ(fields.required_id<SpaceId>("space"), SpaceId(12));
  EXPECT_EQ(fields.optional_string("note"), std::nullopt) << "null counts as absent";
  EXPECT_EQ(fields.optional_string("absent"), std::nullopt);
  EXPECT_EQ(fields.error(), std::nullopt);
}

TEST(Fields, tell_every_error_at_once) {
  Fields fields(R"({"name":"Retail","count":11,"on":1,"colour":"green","tags":"a","typo":1})");
  fields.required<WorkspaceName>("name");
  fields.required_int("count", 1, 10);
  fields.optional_bool("on");
  fields.required_choice<Colour>("colour", {{"red", Colour::kRed}, {"blue", Colour::kBlue}});
  fields.strings("tags");
  fields.required_string("owner");
  const auto error = fields.error();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->fault, Fault::kInvalid);
  EXPECT_THAT(error->subjects, ElementsAre(testing::StartsWith("name: "), "count: must be a whole number from 1 to 10",
                                           "on: must be true or false", "colour: must be one of red, blue",
                                           "tags: must be a list", "owner: is required", "typo: is not a field here"));
}

TEST(Fields, name_what_lies_inside) {
  Fields fields(R"({"grants":{"api":5,"more":1},"spaces":[{"id":1},{"id":0}]})");
  auto grants = fields.object("grants");
  ASSERT_TRUE(grants);
  grants->required_string("api");
  for (auto& space : fields.objects("spaces")) space.required_id<SpaceId>("id");
  const auto error = fields.error();
  ASSERT_TRUE(error);
  EXPECT_THAT(error->subjects, ElementsAre("grants.api: must be a string",
                                           "spaces[1].id: must be a whole number from 1 to 9223372036854775807",
                                           "grants.more: is not a field here"));
}

struct BrokenCase {
  std::string_view name;
  std::string body;
  Fault fault;
};

class BrokenBodies : public testing::TestWithParam<BrokenCase> {};

TEST_P(BrokenBodies, are_one_error) {
  Fields fields(GetParam().body);
  EXPECT_EQ(fields.required_string("name"), "");
  EXPECT_TRUE(fields.strings("list").empty());
  EXPECT_EQ(fields.object("object"), std::nullopt);
  const auto error = fields.error();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->fault, GetParam().fault);
  EXPECT_TRUE(error->subjects.empty());
}

INSTANTIATE_TEST_SUITE_P(Cases, BrokenBodies,
                         testing::Values(BrokenCase{"empty", "", Fault::kInvalid},
                                         BrokenCase{"no_json", "{", Fault::kInvalid},
                                         BrokenCase{"no_object", "[]", Fault::kInvalid},
                                         BrokenCase{"key_twice", R"({"name":"a","name":"b"})", Fault::kInvalid},
                                         BrokenCase{"too_deep", std::string(10'000, '['), Fault::kInvalid}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Fields, bound_their_values) {
  Fields fields(fmt::format(R"({{"long":"{}","many":[1,2,3],"zero":"a\u0000b","empty":""}})", std::string(5000, 'x')));
  fields.optional_string("long");
  fields.ids<SpaceId>("many", 2);
  fields.optional_string("zero");
  fields.required_string("empty");
  const auto error = fields.error();
  ASSERT_TRUE(error);
  EXPECT_THAT(error->subjects, ElementsAre("long: must have at most 4096 bytes", "many: must have at most 2 items",
                                           "zero: must not contain the character zero", "empty: must not be empty"));
}

TEST(Fields, have_a_bound_of_errors) {
  std::string body = "{";
  for (int i = 0; i < 5000; ++i) body += fmt::format(R"("field{}":1,)", i);
  body.back() = '}';
  EXPECT_EQ(Fields(body).error()->subjects.size(), 50U);
}

TEST(Fields, take_json_only) {
  Call call{};
  call.body = R"({"name":"a"})";
  call.request.headers.set("Content-Type", "text/plain");
  EXPECT_EQ(Fields(call).error()->fault, Fault::kUnsupportedMediaType);
  call.request.headers.set("Content-Type", "Application/JSON; charset=utf-8");
  Fields fields(call);
  EXPECT_EQ(fields.required_string("name"), "a");
  EXPECT_EQ(fields.error(), std::nullopt);
}

struct PageCase {
  std::string_view name;
  std::string_view query;
  std::size_t limit;
};

class Pages : public testing::TestWithParam<PageCase> {};

TEST_P(Pages, clamp_their_limit) {
  const auto page = Page::parse(Query::parse(GetParam().query).value());
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->limit, GetParam().limit);
}

INSTANTIATE_TEST_SUITE_P(Cases, Pages,
                         testing::Values(PageCase{"default_", "", 50}, PageCase{"some", "limit=10", 10},
                                         PageCase{"zero", "limit=0", 1}, PageCase{"large", "limit=1001", 1000},
                                         PageCase{"beyond_any_number", "limit=999999999999999999999999", 1000}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Page, refuses_what_it_cannot_read) {
  for (const auto* text :
       {"limit=", "limit=-1", "limit=1x", "limit=+5", "cursor=", "cursor=*", "cursor=AA", "cursor=_w"})
    EXPECT_FALSE(Page::parse(Query::parse(text).value()).has_value()) << text;
}

TEST(Page, goes_on_behind_the_cursor_that_the_link_gave) {
  Request request;
  request.path = "/api/v1/images";
  request.query = Query::parse("q=a%26b&limit=2&cursor=b2xk&sort=name").value();
  auto response = Response::of(200);
  set_next_page(response, request, "shop/web?");
  EXPECT_EQ(response.headers.find("Link"),
            R"(</api/v1/images?q=a%26b&limit=2&sort=name&cursor=c2hvcC93ZWI_>; rel="next")");
  const auto next = Page::parse(Query::parse("cursor=c2hvcC93ZWI_").value());
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->after, "shop/web?");
}

}  // namespace
}  // namespace berth::http
