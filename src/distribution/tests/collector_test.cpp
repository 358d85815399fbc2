#include <gtest/gtest.h>

#include "distribution/tests/support/collection_fixture.h"

namespace berth::distribution::testing {
namespace {

using namespace std::chrono_literals;

class CollectorTest : public CollectionTest {
 protected:
  static std::string blob_path(const std::string& repository, const Digest& digest) {
    return fmt::format("/v2/{}/blobs/{}", repository, digest.text());
  }
  static std::string manifest_path(const std::string& repository, const Digest& digest) {
    return fmt::format("/v2/{}/manifests/{}", repository, digest.text());
  }
  std::int64_t items() { return number("SELECT COUNT(*) FROM job_items WHERE topic <> 'store.sweep'"); }
};
INSTANTIATE_TEST_SUITE_P(, CollectorTest, db::testing::both(), db::testing::name);

TEST_P(CollectorTest, what_a_deleted_image_held_goes_and_what_another_needs_stays) {
  const auto first = retailer().push_image("shop/web", "1", "one");
  retailer().push_image("shop/web", "2", "two");
  retailer().push_image("shop/copy", "1", "one");
  clock.advance(25h);
  ASSERT_EQ(keeper().remove(manifest_path("shop/web", first)).status, 202);
  const auto done = collect_in_time();
  EXPECT_EQ(done.links, 2);
  EXPECT_EQ(done.objects, 0) << "shop/copy has the same blobs";
  EXPECT_EQ(retailer().get(blob_path("shop/web", Digest::of("one"))).status, 404);
  EXPECT_EQ(retailer().get(blob_path("shop/copy", Digest::of("one"))).body, "one");
  expect_sound();

  ASSERT_EQ(keeper().remove(manifest_path("shop/copy", first)).status, 202);
  const auto rest = collect_in_time();
  EXPECT_EQ(rest.objects, 2);
  EXPECT_GT(rest.bytes, 0);
  EXPECT_EQ(stored_objects(), 2U);
  EXPECT_EQ(retailer().get(blob_path("shop/web", Digest::of("two"))).body, "two");
  EXPECT_EQ(items(), 0);
  expect_sound();
}

TEST_P(CollectorTest, a_blob_that_no_manifest_names_stays_as_long_as_a_push_may_take) {
  const auto digest = retailer().push_blob("shop/web", "lonely");
  clock.advance(24h - 1s);
  EXPECT_EQ(collect().links, 0);
  EXPECT_EQ(number("SELECT COUNT(*) FROM repository_blobs WHERE condemned_at IS NOT NULL"), 0);
  clock.advance(1s);
  collect();
  EXPECT_EQ(number("SELECT COUNT(*) FROM repository_blobs WHERE condemned_at IS NOT NULL"), 1);
  clock.advance(2h);
  EXPECT_EQ(collect().links, 1);
  clock.advance(1min);
  EXPECT_EQ(collect().objects, 1);
  EXPECT_EQ(stored_objects(), 0U);
  EXPECT_EQ(retailer().head(blob_path("shop/web", digest)).status, 404);
  expect_sound();
}

TEST_P(CollectorTest, a_blob_that_was_pushed_again_has_its_time_again) {
  retailer().push_blob("shop/web", "again");
  clock.advance(25h);
  collect();
  retailer().push_blob("shop/web", "again");
  clock.advance(23h);
  EXPECT_EQ(collect().links, 0);
  EXPECT_EQ(retailer().push_manifest("shop/web", "1", image({.config = "again", .layers = {}, .more = {}})).status,
            201);
  EXPECT_EQ(collect_in_time().links, 0);
  expect_sound();
}

TEST_P(CollectorTest, who_was_told_that_a_blob_is_here_may_name_it_in_a_manifest) {
  const auto digest = retailer().push_blob("shop/web", "asked for");
  clock.advance(25h);
  collect();
  clock.advance(2h - 1s);
  ASSERT_EQ(retailer().head(blob_path("shop/web", digest)).status, 200) << "condemned, and here all the same";
  clock.advance(2h - 1s);
  collect();
  ASSERT_EQ(retailer().push_manifest("shop/web", "1", image({.config = "asked for", .layers = {}, .more = {}})).status,
            201);
  EXPECT_EQ(collect_in_time().links, 0);
  expect_sound();
}

TEST_P(CollectorTest, a_manifest_that_comes_last_saves_its_blobs_and_a_later_deletion_gives_them_their_grace_again) {
  retailer().push_blob("shop/web", "config");
  clock.advance(25h);
  collect();
  clock.advance(2h);
  const auto manifest = image({.config = "config", .layers = {}, .more = {}});
  ASSERT_EQ(retailer().push_manifest("shop/web", "1", manifest).status, 201);
  EXPECT_EQ(collect().links, 0);
  clock.advance(48h);
  ASSERT_EQ(keeper().remove(manifest_path("shop/web", Digest::of(manifest))).status, 202);
  clock.advance(1min);
  EXPECT_EQ(collect().links, 0) << "condemned anew, not by what was before";
  clock.advance(2h);
  EXPECT_EQ(collect().links, 1);
  expect_sound();
}

TEST_P(CollectorTest, a_condemned_blob_is_revived_by_a_mount_or_a_push) {
  const auto digest = retailer().push_blob("shop/web", "revived");
  keeper().remove(blob_path("shop/web", digest));
  clock.advance(1min);
  const auto one = collector();
  ASSERT_EQ(one->step()->condemned, 1);
  EXPECT_EQ(texts("SELECT state FROM blobs"), std::vector<std::string>{"condemned"});
  retailer().push_blob("shop/other", "revived");
  EXPECT_EQ(texts("SELECT state FROM blobs"), std::vector<std::string>{"live"});
  EXPECT_EQ(collect().objects, 0);
  EXPECT_EQ(retailer().get(blob_path("shop/other", digest)).body, "revived");
  EXPECT_EQ(number("SELECT MAX(generation) FROM blobs"), 1);
  expect_sound();
}

TEST_P(CollectorTest, a_blob_that_comes_back_is_another_generation) {
  const auto digest = retailer().push_blob("shop/web", "back");
  keeper().remove(blob_path("shop/web", digest));
  clock.advance(1min);
  EXPECT_EQ(collect().objects, 1);
  retailer().push_blob("shop/web", "back");
  EXPECT_EQ(number("SELECT generation FROM blobs WHERE state = 'live'"), 2);
  store().remove({digest, 1});
  EXPECT_EQ(retailer().get(blob_path("shop/web", digest)).body, "back") << "a late removal hits nothing";
  keeper().remove(blob_path("shop/web", digest));
  clock.advance(1min);
  EXPECT_EQ(collect().objects, 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM blobs"), 1) << "the newest generation is remembered";
  expect_sound();
}

TEST_P(CollectorTest, a_deleted_repository_gives_its_blobs_back) {
  retailer().push_image("shop/web", "1", "one");
  retailer().push_image("shop/kept", "1", "two");
  const auto place = find_place(*snapshot(), "shop/web").value();
  const Caller caller{.subject = access::testing::as(admin), .snapshot = snapshot(), .now = clock.now(), .actor = {}};
  ASSERT_TRUE(registry().delete_repository(caller, place));
  clock.advance(1min);
  EXPECT_EQ(collect().objects, 2);
  EXPECT_EQ(stored_objects(), 2U);
  collect_in_time();
  EXPECT_EQ(items(), 0);
  expect_sound();
}

TEST_P(CollectorTest, an_object_that_no_row_names_is_found_and_goes_after_its_grace) {
  const auto digest = Digest::of("orphan");
  auto session = store().begin("11111111-1111-4111-8111-111111111111").value();
  ASSERT_TRUE(session->append("orphan"));
  ASSERT_TRUE(session->commit({digest, 1}));
  retailer().push_blob("shop/web", "kept");
  // The file's time is the system's, the rest of the test's time its own.
  const auto swept = [&](Time before) {
    Collected all;
    for (std::size_t part = 0; part < blob::BlobStore::kParts; ++part)
      all += BlobRemoval(database(), store()).sweep(part, before, clock.now());
    return all.orphans;
  };
  const auto written = SystemClock().now();
  EXPECT_EQ(swept(written - 1h), 0);
  EXPECT_EQ(swept(written + 1h), 1);
  EXPECT_EQ(collect().objects, 1);
  EXPECT_EQ(stored_objects(), 1U);
  EXPECT_EQ(swept(written + 1h), 0);
  retailer().push_blob("shop/web", "orphan");
  EXPECT_EQ(number("SELECT MAX(generation) FROM blobs"), 2) << "the name never comes back";
  expect_sound();
}

TEST_P(CollectorTest, the_sweep_goes_through_the_store_part_by_part_and_again_a_day_later) {
  clock.advance(1h);
  EXPECT_EQ(collect().reviewed, static_cast<std::int64_t>(blob::BlobStore::kParts));
  EXPECT_EQ(collect().reviewed, 0);
  clock.advance(24h);
  EXPECT_EQ(collect().reviewed, static_cast<std::int64_t>(blob::BlobStore::kParts));
}

TEST_P(CollectorTest, what_a_crash_interrupted_goes_on) {
  const auto digest = retailer().push_blob("shop/web", "half way");
  keeper().remove(blob_path("shop/web", digest));
  clock.advance(1min);
  ASSERT_EQ(collector()->step()->condemned, 1);
  // Gone, and then nothing: neither the store nor the queue heard of it.
  static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
    EXPECT_EQ(jobs::take_due(tx, kBlobCondemned, clock.now(), 1, clock.now() + 5min).size(), 1U);
    tx.execute("UPDATE blobs SET state = 'gone'");
    return {};
  }));
  retailer().push_blob("shop/web", "half way");
  EXPECT_EQ(stored_objects(), 2U);
  EXPECT_EQ(collect().objects, 0) << "another worker may still be at it";
  clock.advance(5min);
  EXPECT_EQ(collect().objects, 1);
  EXPECT_EQ(stored_objects(), 1U);
  EXPECT_EQ(retailer().get(blob_path("shop/web", digest)).body, "half way");
  expect_sound();
}

TEST_P(CollectorTest, a_run_is_kept_with_its_log_and_can_be_paused) {
  const auto digest = retailer().push_blob("shop/web", "logged");
  keeper().remove(blob_path("shop/web", digest));
  clock.advance(1min);
  const auto write = [&](auto work) {
    static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
      work(tx);
      return {};
    }));
  };
  write([&](db::Connection& tx) { jobs::pause(tx, kCollection, "user:ada", clock.now()); });
  const auto one = collector();
  one->tick();
  EXPECT_EQ(stored_objects(), 1U);
  write([&](db::Connection& tx) { jobs::resume(tx, kCollection); });
  one->tick();
  EXPECT_EQ(stored_objects(), 0U);
  EXPECT_EQ(texts("SELECT state FROM job_runs"), std::vector<std::string>{"succeeded"});
  const auto progress = parse_collected(texts("SELECT progress FROM job_runs").front());
  EXPECT_EQ(progress.objects, 1);
  EXPECT_EQ(progress.bytes, 6);
  EXPECT_GE(number("SELECT COUNT(*) FROM job_log"), 2);
  one->tick();
  EXPECT_EQ(number("SELECT COUNT(*) FROM job_runs"), 1) << "nothing is due: no run";
}

TEST_P(CollectorTest, a_run_that_a_stop_interrupted_goes_on_in_the_next_process) {
  retailer().push_blob("shop/web", "interrupted");
  keeper().remove(blob_path("shop/web", Digest::of("interrupted")));
  clock.advance(1min);
  const auto stopped = collector();
  stopped->stop();
  stopped->tick();
  EXPECT_EQ(texts("SELECT state FROM job_runs"), std::vector<std::string>{"running"});
  EXPECT_EQ(stored_objects(), 1U);
  collector()->tick();
  EXPECT_EQ(texts("SELECT state FROM job_runs"), std::vector<std::string>{"succeeded"});
  EXPECT_EQ(stored_objects(), 0U);
}

// A restart writes again what a journal has, a power cut brings back what was unlinked.
TEST_P(CollectorTest, a_removed_object_that_is_back_goes_again_and_is_freed_once) {
  const auto digest = retailer().push_blob("shop/web", "is back");
  keeper().remove(blob_path("shop/web", digest));
  clock.advance(1min);
  ASSERT_EQ(collect().objects, 1);
  const auto physical = [&] { return number("SELECT CAST(SUM(physical_bytes) AS BIGINT) FROM space_counters"); };
  EXPECT_EQ(physical(), 0);
  auto session = store().begin("11111111-1111-4111-8111-111111111111").value();
  ASSERT_TRUE(session->append("is back"));
  ASSERT_TRUE(session->commit({digest, 1}));
  for (std::size_t part = 0; part < blob::BlobStore::kParts; ++part)
    static_cast<void>(BlobRemoval(database(), store()).sweep(part, SystemClock().now() + 1h, clock.now()));
  EXPECT_EQ(collect().objects, 1);
  EXPECT_EQ(stored_objects(), 0U);
  EXPECT_EQ(physical(), 0);
}

TEST_P(CollectorTest, what_a_lost_database_interrupted_is_due_again_five_minutes_later) {
  static_cast<void>(database().write([](db::Connection& tx) -> Result<void> {
    tx.execute("DELETE FROM job_items");  // the sweep: 512 parts
    return {};
  }));
  db::testing::FaultyDatabase faults(database());
  for (std::size_t step = 0;; ++step) {
    SCOPED_TRACE(fmt::format("step {}", step));
    const auto digest = retailer().push_blob("shop/web", fmt::format("blob {}", step));
    clock.advance(25h);
    Collector one(faults, store(), registry().changes(), clock, kSettings, {.interval = Duration(0), .rest = 0});
    faults.fail_step(step);
    try {
      while (one.step()) {
      }
    } catch (const db::Failure&) {
    }
    const bool failed = faults.has_failed();
    faults.heal();
    clock.advance(5min);
    collect();
    EXPECT_EQ(
        number(fmt::format("SELECT COUNT(*) FROM repository_blobs WHERE condemned_at IS NOT NULL AND digest = '{}'",
                           digest.text())),
        1);
    clock.advance(3h);
    collect();
    if (!failed) break;
    ASSERT_LT(step, 100U);
  }
}

TEST_P(CollectorTest, a_clock_that_is_set_back_does_not_stop_it) {
  const auto one = collector({.interval = 1min, .rest = 0});
  one->tick();
  clock.advance(-24h * 365);
  const auto digest = retailer().push_blob("shop/web", "in the past");
  keeper().remove(blob_path("shop/web", digest));
  clock.advance(2min);
  one->tick();
  EXPECT_EQ(stored_objects(), 0U);
}

}  // namespace
}  // namespace berth::distribution::testing
