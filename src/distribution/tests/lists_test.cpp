#include <gtest/gtest.h>

#include <random>

#include "base/encoding.h"
#include "distribution/tests/support/registry_fixture.h"

// registry.md 1.3, "Lists", and what is listed of the rest of 1.2.
namespace berth::distribution::testing {
namespace {

class ListsTest : public RegistryTest {
 protected:
  Client retailer = as(access::testing::as(editor));
  Client rival = as(access::testing::as(stranger));

  /// Tags by row: what a thousand pushes would leave.
  void put_tags(const std::vector<std::string>& tags) {
    retailer.push_image("shop/web", "seed", "seed");
    static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
      const auto [repository, manifest, digest] =
          tx.one<std::int64_t, std::int64_t, std::string>("SELECT repository_id, id, digest FROM manifests").value();
      tx.execute("DELETE FROM tags");
      for (const auto& tag : tags)
        tx.execute(
            "INSERT INTO tags (repository_id, name, manifest_id, digest, pushed_at, created_at) "
            "VALUES (:repository, :name, :manifest, :digest, 0, 0)",
            repository, tag, manifest, digest);
      return {};
    }));
  }
  Answer tags(const std::string& query = "") { return retailer.get("/v2/shop/web/tags/list" + query); }

  /// What a client gets that follows rel="next" to the end.
  static std::vector<std::string> walk(const Client& client, std::string target, std::string_view key) {
    std::vector<std::string> all;
    for (int pages = 0; pages < 10'000; ++pages) {
      const auto answer = client.get(target);
      EXPECT_EQ(answer.status, 200) << answer.body;
      for (auto& name : answer.list(key)) all.push_back(std::move(name));
      const auto link = answer.header("Link");
      if (link.empty()) return all;
      EXPECT_TRUE(link.starts_with("</v2/") && link.ends_with(">; rel=\"next\"")) << link;
      target = link.substr(1, link.find('>') - 1);
    }
    ADD_FAILURE() << "the list has no end";
    return all;
  }
};
INSTANTIATE_TEST_SUITE_P(, ListsTest, db::testing::both(), db::testing::name);

TEST_P(ListsTest, an_unknown_repository_is_404) {
  const auto answer = tags();
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.codes(), std::vector<std::string>{"NAME_UNKNOWN"});
}

TEST_P(ListsTest, no_tags_are_an_empty_list_never_null) {
  retailer.push_blob("shop/web", "abc");
  EXPECT_EQ(tags().body, R"({"name":"shop/web","tags":[]})");
}

TEST_P(ListsTest, tags_are_in_the_order_of_bytes) {
  put_tags({"b", "a", "B", "A", "1.10", "1.9", "_x", "a-b", "a.b", "aa"});
  EXPECT_EQ(tags().list("tags"),
            (std::vector<std::string>{"1.10", "1.9", "A", "B", "_x", "a", "a-b", "a.b", "aa", "b"}));
}

TEST_P(ListsTest, n_is_zero_or_cut_to_a_page_and_must_be_a_number) {
  std::vector<std::string> many;
  for (int i = 0; i < 1005; ++i) many.push_back(fmt::format("t{:05}", i));
  put_tags(many);
  const auto none = tags("?n=0");
  EXPECT_EQ(none.list("tags").size(), 0U);
  EXPECT_EQ(none.header("Link"), "");
  for (const auto* query : {"?n=1000000000000000000000000", "?n=1001", "?n=00001000", ""}) {
    EXPECT_EQ(tags(query).list("tags").size(), 1000U) << query;
    EXPECT_FALSE(tags(query).header("Link").empty()) << query;
  }
  for (const auto* query : {"?n=-1", "?n=ten", "?n=", "?n=1.5"}) EXPECT_EQ(tags(query).status, 400) << query;
}

TEST_P(ListsTest, last_is_a_lower_bound_that_need_not_exist) {
  put_tags({"a", "c", "e"});
  EXPECT_EQ(tags("?last=b").list("tags"), (std::vector<std::string>{"c", "e"}));
  EXPECT_EQ(tags("?last=c").list("tags"), std::vector<std::string>{"e"});
  EXPECT_EQ(tags("?last=zzz").list("tags").size(), 0U);
}

TEST_P(ListsTest, the_last_page_has_no_link) {
  put_tags({"a", "b", "c", "d"});
  EXPECT_EQ(tags("?n=2").header("Link"), "</v2/shop/web/tags/list?n=2&last=b>; rel=\"next\"");
  EXPECT_EQ(tags("?n=2&last=b").header("Link"), "");
  EXPECT_EQ(tags("?n=4").header("Link"), "");
}

TEST_P(ListsTest, the_link_keeps_other_parameters_and_is_escaped) {
  put_tags({"a", "b"});
  EXPECT_EQ(tags("?x=%26+%C3%A4&n=1").header("Link"),
            "</v2/shop/web/tags/list?x=%26%20%C3%A4&n=1&last=a>; rel=\"next\"");
}

TEST_P(ListsTest, pages_of_any_size_together_are_the_sorted_set) {
  std::mt19937 random(7);  // NOLINT: the same every time
  constexpr std::string_view kLetters = "aAbB01._-";
  std::set<std::string> model;
  while (model.size() < 300) {
    std::string tag(1, "aAbB0_"[random() % 6]);
    for (auto length = random() % 5; length > 0; --length) tag += kLetters[random() % kLetters.size()];
    model.insert(tag);
  }
  put_tags({model.begin(), model.end()});
  const std::vector<std::string> expected(model.begin(), model.end());
  for (const int n : {1, 2, 3, 7, 100, 299, 300, 301}) {
    EXPECT_EQ(walk(retailer, fmt::format("/v2/shop/web/tags/list?n={}", n), "tags"), expected) << n;
  }
  for (int i = 0; i < 50; ++i) {
    std::string last(1, kLetters[random() % kLetters.size()]);
    last += kLetters[random() % kLetters.size()];
    EXPECT_EQ(walk(retailer, "/v2/shop/web/tags/list?n=50&last=" + last, "tags"),
              std::vector<std::string>(model.upper_bound(last), model.end()))
        << last;
  }
}

TEST_P(ListsTest, a_list_stays_whole_while_others_change_it) {
  put_tags({"a", "c", "e", "g"});
  const auto first = tags("?n=2");
  EXPECT_EQ(first.list("tags"), (std::vector<std::string>{"a", "c"}));
  static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
    tx.execute("DELETE FROM tags WHERE name = 'c'");
    return {};
  }));
  EXPECT_EQ(tags("?n=2&last=c").list("tags"), (std::vector<std::string>{"e", "g"}));
}

TEST_P(ListsTest, the_catalog_has_what_the_asker_may_pull) {
  retailer.push_image("shop/web", "1", "a");
  rival.push_image("vault/secret", "1", "b");
  rival.push_image("base/os", "1", "c");
  retailer.push_blob("shop/unfinished", "no manifest yet");
  EXPECT_EQ(walk(retailer, "/v2/_catalog", "repositories"), (std::vector<std::string>{"base/os", "shop/web"}));
  EXPECT_EQ(walk(rival, "/v2/_catalog", "repositories"), (std::vector<std::string>{"base/os", "vault/secret"}));
  EXPECT_EQ(as(access::testing::anonymous()).get("/v2/_catalog").status, 401);
}

TEST_P(ListsTest, the_catalog_behind_a_token_is_the_tokens_scope) {
  retailer.push_image("shop/web", "1", "a");
  retailer.push_image("shop/api", "1", "b");
  rival.push_image("vault/secret", "1", "c");
  const access::Verbs pull{.pull = true, .push = false, .remove = false};
  const auto narrow = as(scoped(access::testing::as(editor), {{"shop/web", pull}, {"vault/secret", pull}}));
  EXPECT_EQ(walk(narrow, "/v2/_catalog", "repositories"), std::vector<std::string>{"shop/web"});
}

TEST_P(ListsTest, the_catalog_is_ordered_by_whole_names_also_across_spaces) {
  // '-' is less than '/': a-b/x comes before a/x.
  std::vector<std::string> spaces{"a", "a-b", "a.b", "a_b", "ab"};
  std::vector<std::string> expected;
  for (const auto& name : spaces) {
    world.bind(world.space(name), retail, access::Access::kPush);
    for (const auto* repository : {"x", "x-y", "x/y", "z"}) expected.push_back(name + "/" + repository);
  }
  publish();
  for (const auto& name : expected) retailer.push_image(name, "1", "seed");
  std::ranges::sort(expected);
  for (const int n : {1, 2, 3, 5, 20, 100})
    EXPECT_EQ(walk(retailer, fmt::format("/v2/_catalog?n={}", n), "repositories"), expected) << n;
  EXPECT_EQ(retailer.get("/v2/_catalog?n=0").list("repositories").size(), 0U);
  EXPECT_EQ(walk(retailer, "/v2/_catalog?last=a-b/x0", "repositories").front(), "a-b/z");
}

TEST_P(ListsTest, the_ping_wants_credentials_and_names_the_protocol) {
  for (const auto* path : {"/v2/", "/v2"}) {
    const auto answer = retailer.get(path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.header("Docker-Distribution-Api-Version"), "registry/2.0");
    EXPECT_EQ(retailer.head(path).status, 200);
  }
  EXPECT_EQ(as(access::testing::anonymous()).get("/v2/").status, 401);
}

TEST_P(ListsTest, extensions_can_be_discovered) {
  EXPECT_EQ(retailer.get("/v2/_oci/ext/discover").status, 200);
  EXPECT_EQ(retailer.get("/v2/shop/web/_oci/ext/discover").status, 200);
}

}  // namespace
}  // namespace berth::distribution::testing
