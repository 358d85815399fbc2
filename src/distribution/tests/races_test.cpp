#include <gtest/gtest.h>

#include <barrier>
#include <thread>

#include "distribution/tests/support/registry_fixture.h"

// What must hold however requests interleave. Each test runs its race several times: it cannot choose the interleaving,
// but every outcome that it sees must be a right one.
namespace berth::distribution::testing {
namespace {

/// Runs all at once, as nearly as threads can.
void together(const std::vector<std::function<void()>>& works) {
  std::barrier start(static_cast<std::ptrdiff_t>(works.size()));
  std::vector<std::jthread> threads;
  for (const auto& work : works)
    threads.emplace_back([&start, &work] {
      start.arrive_and_wait();
      work();
    });
}

class RacesTest : public RegistryTest {
 protected:
  static constexpr int kRounds = 8;
  static constexpr int kThreads = 6;
  Client retailer = as(access::testing::as(editor));
  Client keeper = as(access::testing::as(admin));
  Client rival = as(access::testing::as(stranger));

  static std::string versioned(const std::string& config, int version) {
    return image({.config = config, .layers = {}, .more = fmt::format(R"(,"annotations":{{"v":"{}"}})", version)});
  }
  /// The counters are what the rows say.
  void expect_counters() {
    EXPECT_EQ(number("SELECT COUNT(*) FROM repositories r WHERE manifest_count <> "
                     "(SELECT COUNT(*) FROM manifests m WHERE m.repository_id = r.id) OR tag_count <> "
                     "(SELECT COUNT(*) FROM tags t WHERE t.repository_id = r.id)"),
              0);
    EXPECT_EQ(number("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM repository_blobs") +
                  number("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM manifests"),
              number("SELECT CAST(COALESCE(SUM(logical_bytes), 0) AS BIGINT) FROM space_counters"));
    EXPECT_EQ(number("SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM repositories"),
              number("SELECT CAST(COALESCE(SUM(logical_bytes), 0) AS BIGINT) FROM space_counters"));
  }
};
INSTANTIATE_TEST_SUITE_P(, RacesTest, db::testing::both(), db::testing::name);

TEST_P(RacesTest, the_same_blob_pushed_at_once_is_stored_once) {
  for (int round = 0; round < kRounds; ++round) {
    const auto bytes = fmt::format("blob of round {}", round);
    std::vector<std::function<void()>> works;
    for (int i = 0; i < kThreads; ++i)
      works.emplace_back([&, i] { retailer.push_blob(fmt::format("shop/r{}", i % 3), bytes); });
    together(works);
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(retailer.get(fmt::format("/v2/shop/r{}/blobs/{}", i, Digest::of(bytes).text())).body, bytes);
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM blobs"), kRounds);
  EXPECT_EQ(stored_objects(), static_cast<std::size_t>(kRounds));
  EXPECT_EQ(open_uploads(), 0U);
  expect_counters();
}

TEST_P(RacesTest, a_tag_moved_by_many_ends_at_one_of_them_and_all_stay_pullable) {
  retailer.push_blob("shop/web", "{}");
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::function<void()>> works;
    for (int i = 0; i < kThreads; ++i)
      works.emplace_back([&, i] {
        EXPECT_EQ(retailer.push_manifest("shop/web", "latest", versioned("{}", round * 100 + i)).status, 201);
      });
    together(works);
    const auto now = retailer.get("/v2/shop/web/manifests/latest");
    EXPECT_EQ(now.header("Docker-Content-Digest"), Digest::of(now.body).text());
    for (int i = 0; i < kThreads; ++i) {
      const auto bytes = versioned("{}", round * 100 + i);
      EXPECT_EQ(retailer.get("/v2/shop/web/manifests/" + Digest::of(bytes).text()).body, bytes);
    }
  }
  EXPECT_EQ(number("SELECT tag_count FROM repositories"), 1);
  expect_counters();
}

TEST_P(RacesTest, of_those_who_want_a_tag_new_exactly_one_gets_it) {
  retailer.push_blob("shop/web", "{}");
  for (int round = 0; round < kRounds; ++round) {
    std::atomic<int> made = 0;
    std::atomic<int> refused = 0;
    std::vector<std::function<void()>> works;
    for (int i = 0; i < kThreads; ++i)
      works.emplace_back([&, i] {
        const auto status = retailer
                                .push_manifest("shop/web", fmt::format("v{}", round), versioned("{}", i), kImageType,
                                               {{"If-None-Match", "*"}})
                                .status;
        made += status == 201 ? 1 : 0;
        refused += status == 412 ? 1 : 0;
      });
    together(works);
    EXPECT_EQ(made, 1);
    EXPECT_EQ(refused, kThreads - 1);
  }
}

TEST_P(RacesTest, two_chunks_for_one_upload_at_once_never_mix) {
  for (int round = 0; round < kRounds; ++round) {
    const auto location = retailer.start_upload("shop/web");
    const std::array<std::string, 2> chunks{std::string(5000, 'a'), std::string(5000, 'b')};
    std::array<int, 2> status{};
    std::vector<std::function<void()>> works;
    for (std::size_t i = 0; i < 2; ++i)
      works.emplace_back(
          [&, i] { status[i] = retailer.patch(location, chunks[i], {{"Content-Range", "0-4999"}}).status; });
    together(works);
    for (const auto code : status) EXPECT_TRUE(code == 202 || code == 409 || code == 416) << code;
    ASSERT_EQ((status[0] == 202) + (status[1] == 202), 1);
    const auto& taken = chunks[status[0] == 202 ? 0 : 1];
    EXPECT_EQ(retailer.put(fmt::format("{}?digest={}", location, Digest::of(taken).text())).status, 201);
  }
}

TEST_P(RacesTest, of_two_workspaces_that_push_a_new_name_one_becomes_its_home) {
  for (int round = 0; round < kRounds; ++round) {
    const auto name = fmt::format("base/r{}", round);
    const std::array<const Client*, 2> clients{&retailer, &rival};
    std::array<int, 2> status{};
    std::vector<std::function<void()>> works;
    for (std::size_t i = 0; i < 2; ++i)
      works.emplace_back([&, i] {
        const auto bytes = fmt::format("round {} of {}", round, i);
        status[i] = clients[i]
                        ->post(fmt::format("/v2/{}/blobs/uploads/?digest={}", name, Digest::of(bytes).text()), bytes)
                        .status;
      });
    together(works);
    for (const auto code : status) EXPECT_TRUE(code == 201 || code == 403) << code;
    ASSERT_EQ((status[0] == 201) + (status[1] == 201), 1);
    const auto home = registry().lookup(base, RepositoryPath::parse(fmt::format("r{}", round)).value()).home;
    EXPECT_EQ(home, status[0] == 201 ? retail : other);
  }
  expect_counters();
}

TEST_P(RacesTest, a_manifest_that_was_accepted_has_its_blobs_though_they_are_being_deleted) {
  for (int round = 0; round < 2 * kRounds; ++round) {
    const auto config = fmt::format("config {}", round);
    const auto digest = retailer.push_blob("shop/web", config);
    const auto manifest = image({.config = config, .layers = {}, .more = {}});
    int pushed = 0;
    int deleted = 0;
    together({[&] { pushed = retailer.push_manifest("shop/web", fmt::format("t{}", round), manifest).status; },
              [&] { deleted = keeper.remove("/v2/shop/web/blobs/" + digest.text()).status; }});
    EXPECT_TRUE((pushed == 201 && deleted == 405) || (pushed == 400 && deleted == 202)) << pushed << " " << deleted;
    const auto there = retailer.head("/v2/shop/web/blobs/" + digest.text()).status;
    EXPECT_EQ(there, pushed == 201 ? 200 : 404);
  }
  expect_counters();
}

TEST_P(RacesTest, an_index_that_was_accepted_has_its_manifests_though_they_are_being_deleted) {
  retailer.push_blob("shop/web", "{}");
  for (int round = 0; round < 2 * kRounds; ++round) {
    const auto child = versioned("{}", round);
    const auto digest = Digest::of(child);
    ASSERT_EQ(retailer.push_manifest("shop/web", digest.text(), child).status, 201);
    const auto index = index_of({descriptor(kImageType, digest, child.size())});
    int pushed = 0;
    int deleted = 0;
    together({[&] { pushed = retailer.push_manifest("shop/web", fmt::format("i{}", round), index, kIndexType).status; },
              [&] { deleted = keeper.remove("/v2/shop/web/manifests/" + digest.text()).status; }});
    EXPECT_TRUE((pushed == 201 && deleted == 409) || (pushed == 400 && deleted == 202)) << pushed << " " << deleted;
  }
  expect_counters();
}

TEST_P(RacesTest, mounts_in_both_directions_while_sources_are_deleted) {
  for (int round = 0; round < kRounds; ++round) {
    const auto digest = retailer.push_blob("shop/a", fmt::format("a {}", round));
    const auto back = retailer.push_blob("shop/b", fmt::format("b {}", round));
    std::array<int, 2> mounted{};
    const auto mount = [&](const char* into, const char* from, const Digest& what) {
      return retailer.post(fmt::format("/v2/shop/{}/blobs/uploads/?mount={}&from=shop/{}", into, what.text(), from))
          .status;
    };
    together({[&] { mounted[0] = mount("b", "a", digest); }, [&] { mounted[1] = mount("a", "b", back); },
              [&] { keeper.remove("/v2/shop/a/blobs/" + digest.text()); },
              [&] { keeper.remove("/v2/shop/b/blobs/" + back.text()); }});
    for (const auto code : mounted) EXPECT_TRUE(code == 201 || code == 202) << code;
    EXPECT_EQ(retailer.get("/v2/shop/b/blobs/" + digest.text()).status, mounted[0] == 201 ? 200 : 404);
    EXPECT_EQ(retailer.get("/v2/shop/a/blobs/" + back.text()).status, mounted[1] == 201 ? 200 : 404);
  }
  expect_counters();
}

TEST_P(RacesTest, pushes_pulls_deletions_and_flushes_together_end_with_right_counters) {
  std::vector<std::function<void()>> works;
  for (int i = 0; i < kThreads; ++i)
    works.emplace_back([&, i] {
      for (int round = 0; round < 4; ++round) {
        const auto repository = fmt::format("shop/r{}", (i + round) % 2);
        const auto digest = retailer.push_image(repository, fmt::format("t{}", round), fmt::format("{} {}", i, round));
        retailer.get(fmt::format("/v2/{}/manifests/t{}", repository, round));
        if (i % 2 == 0) keeper.remove(fmt::format("/v2/{}/manifests/{}", repository, digest.text()));
        registry().flush_pulls();
      }
    });
  together(works);
  expect_counters();
}

}  // namespace
}  // namespace berth::distribution::testing
