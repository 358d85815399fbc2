#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <thread>

#include "distribution/tests/support/collection_fixture.h"

// Random pushes, mounts, tag moves and deletions of many clients at once, over few contents in few repositories, with a
// collector that never waits. BERTH_COLLECTION_SECONDS=3600 BERTH_COLLECTION_SEED=7 runs it for long.
namespace berth::distribution::testing {
namespace {

using namespace std::chrono_literals;

std::int64_t from_environment(const char* name, std::int64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::stoll(text) : otherwise;
}

constexpr int kClients = 4;
constexpr int kContents = 6;
constexpr int kRepositories = 3;
constexpr int kMoves = 20;
constexpr std::uint64_t kRoundsInCi = 4;

class CollectionLoadTest : public CollectionTest {
 protected:
  /// What one client does, at random; everything that it is told is checked at once.
  class Player {
   public:
    /// `unlinks`: whether clients delete blobs as well, so that a manifest may rightly be told that one is unknown.
    Player(CollectionLoadTest& test, std::uint64_t seed, bool unlinks)
        : random_(seed),
          unlinks_(unlinks),
          pusher_(test.retailer()),
          keeper_(test.keeper()) {}

    void play() {
      switch (pick(5)) {
        case 0:
        case 1:
          return push_image();
        case 2:
          return mount_image();
        case 3:
          return remove_manifest();
        default:
          if (unlinks_) remove_repository_blob();
      }
    }

   private:
    int pick(int below) { return static_cast<int>(random_() % static_cast<std::uint64_t>(below)); }
    std::string content() { return fmt::format("content {}", pick(kContents)); }
    std::string repository() { return fmt::format("shop/r{}", pick(kRepositories)); }
    static std::string blob_path(const std::string& repository, const std::string& bytes) {
      return fmt::format("/v2/{}/blobs/{}", repository, Digest::of(bytes).text());
    }

    /// As clients do: HEAD first, and a push only of what is not there.
    bool bring(const std::string& repository, const std::string& bytes) {
      if (pick(2) == 0 && pusher_.head(blob_path(repository, bytes)).status == 200) return true;
      const auto path = fmt::format("/v2/{}/blobs/uploads/?digest={}", repository, Digest::of(bytes).text());
      const auto status = pusher_.post(path, bytes).status;
      EXPECT_TRUE(status == 201 || status == 503) << status;
      return status == 201;
    }
    void name_it(const std::string& repository, const std::string& config, const std::string& layer) {
      const auto manifest = image({.config = config, .layers = {layer}, .more = {}});
      const auto tag = fmt::format("t{}", pick(4));
      const auto status = pusher_.push_manifest(repository, tag, manifest).status;
      // Another client's deletion may have been faster; the collector never.
      EXPECT_TRUE(status == 201 || (unlinks_ && status == 400)) << status;
    }
    void push_image() {
      const auto where = repository();
      const auto config = content();
      const auto layer = content();
      if (bring(where, config) && bring(where, layer)) name_it(where, config, layer);
    }
    void mount_image() {
      const auto where = repository();
      const auto layer = content();
      const auto from = repository();
      const auto path = fmt::format("/v2/{}/blobs/uploads/?mount={}&from={}", where, Digest::of(layer).text(), from);
      const auto mounted = pusher_.post(path);
      if (mounted.status == 202) pusher_.remove(mounted.header("Location"));
      if (mounted.status == 201) name_it(where, layer, layer);
    }
    void remove_manifest() {
      const auto manifest = image({.config = content(), .layers = {content()}, .more = {}});
      keeper_.remove(fmt::format("/v2/{}/manifests/{}", repository(), Digest::of(manifest).text()));
    }
    void remove_repository_blob() { keeper_.remove(blob_path(repository(), content())); }

    std::mt19937_64 random_;
    const bool unlinks_;
    Client pusher_;
    Client keeper_;
  };

  /// Everything that is tagged can be pulled, whole.
  void expect_pullable() {
    const auto client = retailer();
    const auto rows = database().read([](db::Connection& tx) {
      return tx.query<std::string, std::string>(
          "SELECT r.name, m.digest FROM manifest_references m JOIN repositories r ON r.id = m.repository_id "
          "WHERE m.kind <> 'child'");
    });
    for (const auto& [name, digest] : rows) {
      const auto blob = client.get(fmt::format("/v2/shop/{}/blobs/{}", name, digest));
      EXPECT_EQ(blob.status, 200);
      EXPECT_EQ(Digest::of(blob.body).text(), digest);
    }
  }
};
INSTANTIATE_TEST_SUITE_P(, CollectionLoadTest, db::testing::both(), db::testing::name);

TEST_P(CollectionLoadTest, nothing_that_is_needed_goes_and_all_else_does) {
  const auto seed = static_cast<std::uint64_t>(from_environment("BERTH_COLLECTION_SEED", 1));
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::seconds(from_environment("BERTH_COLLECTION_SECONDS", 0));
  RecordProperty("seed", static_cast<int>(seed));
  auto settings = kSettings;
  settings.deleted = 0ms;
  std::uint64_t round = 0;
  do {
    ++round;
    std::atomic<int> playing = kClients;
    std::vector<std::jthread> threads;
    for (int i = 0; i < kClients; ++i)
      threads.emplace_back([&, i] {
        Player player(*this, seed * 1'000'003 + round * 101 + static_cast<std::uint64_t>(i), round % 2 == 0);
        for (int n = 0; n < kMoves; ++n) player.play();
        --playing;
      });
    Collector one(database(), store(), registry().changes(), clock, settings, {});
    while (playing > 0) one.step();
    threads.clear();
    expect_pullable();
    // Condemned in one round, gone in another: links of every state meet the clients.
    clock.advance(round % 3 == 0 ? 25h : 1h);
    ASSERT_FALSE(HasFailure()) << "seed " << seed << ", round " << round;
  } while (round < kRoundsInCi || std::chrono::steady_clock::now() < end);
  collect_in_time();
  expect_pullable();
  expect_sound();
  EXPECT_EQ(static_cast<std::int64_t>(stored_objects()), number("SELECT COUNT(*) FROM blobs WHERE state = 'live'"));
  EXPECT_EQ(number("SELECT COUNT(*) FROM blobs b WHERE state <> 'gone' AND NOT EXISTS "
                   "(SELECT 1 FROM manifest_references m WHERE m.digest = b.digest)"),
            0);
}

}  // namespace
}  // namespace berth::distribution::testing
