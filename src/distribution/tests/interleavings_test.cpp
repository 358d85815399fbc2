#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/random.h"
#include "distribution/blob_commit.h"
#include "distribution/blob_reader.h"
#include "distribution/manifest_writer.h"
#include "distribution/mounts.h"
#include "distribution/tests/support/collection_fixture.h"
#include "distribution/tests/support/interleaving.h"

// design.md 8, promise 3: the collector never removes what a concurrent push refers to. Every order in which the
// transactions of a few requests and of the collector can come is tried, with no time for anything in between: no delay
// and no grace, so that the collector is always as close behind as it can be.
namespace berth::distribution::testing {
namespace {

using namespace std::chrono_literals;

constexpr CollectionSettings kAtOnce{
    .unreferenced = 0ms, .deleted = 0ms, .grace = 0ms, .orphan = 48h, .sweep = 24h, .batch = 64};

/// Thousands of small worlds: their files need no disk.
class FilesInMemory {
 public:
  FilesInMemory() {
    if (const char* before = std::getenv("TMPDIR")) before_ = before;
    if (std::filesystem::exists("/dev/shm")) setenv("TMPDIR", "/dev/shm", 1);
  }
  ~FilesInMemory() {
    if (before_)
      setenv("TMPDIR", before_->c_str(), 1);
    else
      unsetenv("TMPDIR");
  }
  FilesInMemory(const FilesInMemory&) = delete;
  FilesInMemory& operator=(const FilesInMemory&) = delete;

 private:
  std::optional<std::string> before_;
};

class InterleavingsTest : private FilesInMemory, public CollectionTest {
 protected:
  InterleavingsTest() {
    // The sweep has its own tests, and 512 parts.
    write([](db::Connection& tx) { tx.execute("DELETE FROM job_items"); });
  }

  void write(const std::function<void(db::Connection&)>& work) {
    static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
      work(tx);
      return {};
    }));
  }

  /// One small world of its own in each run: contents and repositories have its number.
  [[nodiscard]] std::string blob() const { return fmt::format("blob {}", round_); }
  [[nodiscard]] std::string repository(std::string_view name) const { return fmt::format("shop/{}{}", name, round_); }
  [[nodiscard]] Place place(std::string_view name) { return find_place(*snapshot(), repository(name)).value(); }
  [[nodiscard]] std::string manifest(int version = 0) const {
    return image({.config = blob(), .layers = {}, .more = fmt::format(R"(,"annotations":{{"v":"{}"}})", version)});
  }
  Caller caller() {
    return {.subject = access::testing::as(admin), .snapshot = snapshot(), .now = clock.now(), .actor = {}};
  }

  // What a client does, a few transactions each, without the router around it.
  bool push(std::string_view name) {
    auto session = stepped_store_.begin(random_uuid()).value();
    EXPECT_TRUE(session->append(blob()));
    const auto done = BlobCommit(stepped_, stepped_store_).run(caller(), place(name), *session, Digest::of(blob()), "");
    if (!done) EXPECT_EQ(done.error().fault, Fault::kUnavailable) << done.error().message;
    return done.has_value();
  }
  bool mount(std::string_view from, std::string_view to) {
    return Mounts(stepped_).mount(caller(), place(to), Digest::of(blob()), repository(from)).value();
  }
  bool head(std::string_view name) {
    return BlobReader(stepped_, registry().changes(), 0).find(place(name), Digest::of(blob())).has_value();
  }
  bool put(std::string_view name, int version = 0) { return put_text(name, manifest(version), kImageType, "t"); }
  bool put_text(std::string_view name, const std::string& text, std::string_view type, const std::string& tag) {
    ManifestPush wanted{.bytes = text,
                        .content_type = MediaType::parse(type).value(),
                        .digest = std::nullopt,
                        .tags = {Tag::parse(tag).value()},
                        .conditions = {}};
    const auto done = push_manifest(stepped_, registry().changes(), caller(), place(name), wanted);
    if (!done) EXPECT_EQ(done.error().fault, Fault::kManifestBlobUnknown) << done.error().message;
    if (done) accepted_.push_back({repository(name), text});
    return done.has_value();
  }
  void remove(std::string_view name, int version = 0) {
    ASSERT_TRUE(delete_manifest(stepped_, registry().changes(), caller(), place(name), Digest::of(manifest(version))));
  }
  void unlink(std::string_view name) {
    const auto client = keeper();
    ASSERT_EQ(client.remove(fmt::format("/v2/{}/blobs/{}", repository(name), Digest::of(blob()).text())).status, 202);
  }
  void collect_now() {
    Collector one(stepped_, stepped_store_, registry().changes(), clock, settings_, {});
    while (one.step()) {
    }
  }
  /// So many batches: as many as matter, for the number of orders grows fast.
  void collect(int batches) {
    Collector one(stepped_, stepped_store_, registry().changes(), clock, settings_, {});
    for (int i = 0; i < batches; ++i) one.step();
  }

  /// The same in one step, by another process: three that go step by step have more orders than anybody waits for.
  void collect_at_once() {
    stage_.step();
    Collector(database(), store(), registry().changes(), clock, settings_, {}).step();
  }

  /// Every accepted manifest that was not deleted is readable, and all that it needs.
  void expect_readable() {
    const auto client = keeper();
    for (const auto& [name, text] : accepted_) {
      ASSERT_EQ(client.get(fmt::format("/v2/{}/manifests/{}", name, Digest::of(text).text())).body, text);
      for (const auto& [digest] : database().read([&](db::Connection& tx) {
             return tx.query<std::string>(
                 "SELECT r.digest FROM manifest_references r JOIN manifests m "
                 "ON m.id = r.manifest_id WHERE m.digest = :digest AND r.kind <> 'child'",
                 Digest::of(text));
           }))
        ASSERT_EQ(client.get(fmt::format("/v2/{}/blobs/{}", name, digest)).body, blob());
      for (const auto& [digest] : database().read([&](db::Connection& tx) {
             return tx.query<std::string>(
                 "SELECT r.digest FROM manifest_references r JOIN manifests m "
                 "ON m.id = r.manifest_id WHERE m.digest = :digest AND r.kind = 'child'",
                 Digest::of(text));
           }))
        ASSERT_EQ(client.get(fmt::format("/v2/{}/manifests/{}", name, digest)).status, 200);
    }
  }

  using Actors = std::vector<std::function<void()>>;
  /// The world in the end; then it is cleared away, and the store must be empty.
  void check() {
    expect_readable();
    collect_now();
    expect_readable();
    EXPECT_EQ(stored_objects(), number("SELECT COUNT(*) FROM manifests") == 0 ? 0U : 1U) << "what nobody needs goes";
    clear();
  }
  /// Tries all orders; `after` looks at the end of each, before what nobody needs is collected.
  void try_all(const std::function<Actors()>& begin, const std::function<void()>& after = [] {}) {
    Schedules schedules;
    std::size_t tried = 0;
    do {
      ++round_;
      accepted_.clear();
      stage_.run(begin(), schedules);
      after();
      check();
      if (HasFailure()) {
        ADD_FAILURE() << "in the order " << schedules.text();
        return;
      }
      ++tried;
    } while (schedules.advance());
    expect_sound();
    RecordProperty("orders", static_cast<int>(tried));
    EXPECT_GT(tried, 1U);
  }
  void clear() {
    drop_repositories();
    collect_now();
    expect_nothing_left();
  }
  /// With delays: what one order left would be more and more steps for the collector of the next.
  void clear_in_time() {
    drop_repositories();
    for (int i = 0; i < 3; ++i) {
      clock.advance(settings_.unreferenced + settings_.grace);
      collect_now();
    }
    expect_nothing_left();
  }
  void drop_repositories() {
    for (const auto& [id] :
         database().read([](db::Connection& tx) { return tx.query<std::string>("SELECT name FROM repositories"); }))
      ASSERT_TRUE(registry().delete_repository(
          caller(), {shop, RepositoryName(SpaceName::trusted("shop"), RepositoryPath::trusted(id))}));
  }
  void expect_nothing_left() {
    ASSERT_EQ(stored_objects(), 0U);
    ASSERT_EQ(number("SELECT COUNT(*) FROM job_items"), 0);
  }

  Stage stage_;
  SteppedDatabase stepped_{database(), stage_};
  SteppedStore stepped_store_{store(), stage_};
  CollectionSettings settings_ = kAtOnce;
  int round_ = 0;
  std::vector<std::pair<std::string, std::string>> accepted_;
};
// SQLite: its transactions come one after the other, so that these orders are all that there are. What PostgreSQL adds,
// two transactions at once, is for its row locks (README.md, "Locks") and for the load test.
INSTANTIATE_TEST_SUITE_P(, InterleavingsTest, ::testing::Values(db::Dialect::kSqlite), db::testing::name);

TEST_P(InterleavingsTest, a_manifest_comes_while_its_blob_is_collected) {
  try_all([&] -> Actors {
    push("a");
    return {[&] { put("a"); }, [&] { collect_now(); }};
  });
}

TEST_P(InterleavingsTest, a_blob_is_pushed_again_and_named_while_it_is_collected) {
  try_all([&] -> Actors {
    push("a");
    collect(1);  // its link is condemned
    return {[&] {
              if (push("a")) put("a");
            },
            [&] { collect(3); }};
  });
}

TEST_P(InterleavingsTest, a_blob_is_pushed_into_another_repository_while_it_is_collected) {
  try_all([&] -> Actors {
    push("a");
    unlink("a");
    return {[&] {
              if (push("b")) put("b");
            },
            [&] { collect(2); }};
  });
}

TEST_P(InterleavingsTest, a_blob_is_mounted_and_named_while_it_is_collected) {
  try_all([&] -> Actors {
    push("a");
    collect(1);
    return {[&] {
              if (mount("a", "b")) put("b");
            },
            [&] { collect(3); }};
  });
}

TEST_P(InterleavingsTest, a_manifest_is_deleted_while_another_comes_and_the_blob_is_collected) {
  try_all([&] -> Actors {
    push("a");
    put("a", 1);
    collect_now();
    accepted_.clear();
    return {[&] { remove("a", 1); }, [&] { put("a", 2); }, [&] { collect_now(); }};
  });
}

TEST_P(InterleavingsTest, a_mount_and_a_deletion_of_its_source_meet_the_collector) {
  try_all([&] -> Actors {
    push("a");
    put("a", 1);
    collect_now();
    accepted_.clear();
    return {[&] { remove("a", 1); },
            [&] {
              if (mount("a", "b")) put("b");
            },
            [&] { collect(3); }};
  });
}

TEST_P(InterleavingsTest, two_collectors_and_a_push_meet) {
  bool pushed = false;
  try_all(
      [&] -> Actors {
        push("a");
        unlink("a");
        collect(1);  // it is condemned
        return {[&] { pushed = push("b"); }, [&] { collect(1); }, [&] { collect_at_once(); }};
      },
      [&] {
        const auto path = fmt::format("/v2/{}/blobs/{}", repository("b"), Digest::of(blob()).text());
        if (pushed) EXPECT_EQ(keeper().get(path).body, blob());
      });
}

TEST_P(InterleavingsTest, an_index_comes_while_its_untagged_child_is_collected) {
  write([&](db::Connection& tx) { tx.execute("UPDATE spaces SET untagged_days = 0 WHERE id = :id", shop); });
  try_all([&] -> Actors {
    push("a");
    put("a");
    put_text("a", manifest(7), kImageType, "t");  // takes the tag of the first
    accepted_.clear();
    return {[&] {
              put_text("a", index_of({descriptor(kImageType, Digest::of(manifest()), manifest().size())}), kIndexType,
                       "t");
            },
            [&] { collect_now(); }};
  });
}

TEST_P(InterleavingsTest, a_blob_of_which_a_head_said_that_it_is_here_can_be_named_for_the_length_of_the_grace) {
  settings_ = kSettings;
  bool told = false;
  bool taken = false;
  for (const bool condemned : {false, true}) {
    Schedules schedules;
    do {
      ++round_;
      accepted_.clear();
      push("a");
      clock.advance(settings_.unreferenced);
      if (condemned) collect_now();
      told = taken = false;
      // From the first HEAD to the PUT less than the grace passes, whatever the order.
      stage_.run({[&] {
                    told = head("a");
                    stage_.step();
                    taken = put("a");
                  },
                  [&] { collect(2); },
                  [&] {
                    stage_.step();
                    clock.advance(settings_.grace - 1s);
                  }},
                 schedules);
      ASSERT_TRUE(told) << "condemned, but here";
      ASSERT_EQ(taken, told) << "in the order " << schedules.text();
      expect_readable();
      clear_in_time();
    } while (schedules.advance());
  }
  expect_sound();
}

TEST_P(InterleavingsTest, wherever_the_collector_dies_the_next_one_ends_its_work) {
  for (std::size_t at = 0;; ++at) {
    ++round_;
    accepted_.clear();
    push("a");
    unlink("a");
    bool died = false;
    Stage::crash_at(at);
    try {
      collect_now();
    } catch (const Crash&) {
      died = true;
    }
    Stage::live();
    ASSERT_TRUE(push("b"));
    ASSERT_TRUE(put("b"));
    clock.advance(5min);  // the lease
    collect_now();
    expect_readable();
    ASSERT_EQ(stored_objects(), 1U) << "died at " << at;
    clear();
    expect_sound();
    if (!died) break;
    ASSERT_LT(at, 100U);
  }
}

}  // namespace
}  // namespace berth::distribution::testing
