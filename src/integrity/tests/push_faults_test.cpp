#include <gtest/gtest.h>

#include <cerrno>

#include "distribution/tests/support/registry_fixture.h"
#include "integrity/fsck.h"
#include "integrity/tests/support/operations.h"

// design.md 8, promises 1, 2, 4 and 5, with every call to the file system and every step of the database failing in
// turn: none is left out.
namespace berth::integrity {
namespace {

using blob::testing::Unsynced;
using testing::Operation;
using testing::operations;

constexpr std::size_t kMoreThanAnyHas = 400;

class PushFaultsTest : public distribution::testing::RegistryTest {
 protected:
  /// An administrator of the workspace: may push and delete.
  distribution::testing::Client client() { return as(access::testing::as(admin)); }

  /// Prepares, runs with the n-th step failing, and judges; false when there was no n-th step.
  template <class Faults>
  bool try_step(Faults& faults, const Operation& operation, std::size_t n, const std::function<void()>& arm) {
    const auto seed = fmt::format("{} {}", operation.name, n);
    SCOPED_TRACE(seed);
    const auto who = client();
    operation.prepare(who, seed);
    arm();
    const auto answer = operation.run(who, seed);
    const bool failed = faults.has_failed();
    faults.heal();
    judge(operation, seed, answer);
    return failed;
  }

  void judge(const Operation& operation, const std::string& seed, const testing::Answer& answer) {
    const auto who = client();
    const auto state = operation.state(who, seed);
    if (answer.status == operation.done) {
      EXPECT_EQ(state, "after") << "what was answered for holds";
    } else {
      EXPECT_EQ(answer.status, 503) << answer.body;
      EXPECT_EQ(answer.codes(), std::vector<std::string>{"UNAVAILABLE"});
      EXPECT_FALSE(answer.header("Retry-After").empty());
      EXPECT_TRUE(state == "before" || state == "after") << state;
    }
    const auto again = operation.run(who, seed);
    const bool deleted_before = operation.done == 202 && state == "after";
    EXPECT_EQ(again.status, deleted_before ? 404 : operation.done) << again.body;
    EXPECT_EQ(operation.state(who, seed), "after") << "and the next try works";
  }

  /// An empty registry on an empty disk: what a power cut costs grows with what there is.
  blob::testing::FaultyFileSystem& start_anew() {
    static_cast<void>(database().write([](db::Connection& tx) -> Result<void> {
      for (const auto* table :
           {"tags", "manifests", "repository_blobs", "blobs", "repositories", "space_counters", "job_items"})
        tx.execute(fmt::format("DELETE FROM {}", table));
      return {};
    }));
    return restart_on_faulty_disk();
  }

  /// After the sweep nothing is left but objects that no row speaks of, which the collector and fsck find.
  void expect_nothing_leaked() {
    clock.advance(std::chrono::hours(24 * 3650));
    while (registry().expire_uploads(clock.now()) > 0) {
    }
    EXPECT_EQ(open_uploads(), 0U);
    EXPECT_EQ(number("SELECT COUNT(*) FROM uploads"), 0);
    const Stopped stopped{database(), store(), store_root()};
    for (const auto& finding : fsck(stopped, {.repair = true, .read_data = true}, clock.now()))
      EXPECT_EQ(finding.kind, Finding::Kind::kOrphan) << finding.text;
    EXPECT_TRUE(fsck(stopped, {.repair = false, .read_data = true}, clock.now()).empty());
  }
};
INSTANTIATE_TEST_SUITE_P(, PushFaultsTest, db::testing::both(), db::testing::name);

TEST_P(PushFaultsTest, every_file_system_call_fails_once_in_every_way) {
  auto& disk = restart_on_faulty_disk();
  for (const int number : {ENOSPC, EIO, EROFS, EMFILE}) {
    for (const auto& operation : operations()) {
      SCOPED_TRACE(std::generic_category().message(number));
      auto named = operation;
      named.name += fmt::format(" {}", number);
      std::size_t n = 0;
      while (try_step(disk, named, n, [&] { disk.fail_call(n, number); })) ASSERT_LT(++n, kMoreThanAnyHas);
    }
  }
  expect_nothing_leaked();
}

TEST_P(PushFaultsTest, the_disk_is_gone_from_any_call_on) {
  auto& disk = restart_on_faulty_disk();
  for (const auto& operation : operations()) {
    std::size_t n = 0;
    while (try_step(disk, operation, n, [&] { disk.fail_from(n, EIO); })) ASSERT_LT(++n, kMoreThanAnyHas);
  }
  expect_nothing_leaked();
}

TEST_P(PushFaultsTest, writes_that_take_half_are_no_failures) {
  restart_on_faulty_disk().shorten_writes();
  const auto who = client();
  for (const auto& operation : operations()) {
    operation.prepare(who, operation.name);
    EXPECT_EQ(operation.run(who, operation.name).status, operation.done) << operation.name;
    EXPECT_EQ(operation.state(who, operation.name), "after") << operation.name;
  }
  expect_nothing_leaked();
}

TEST_P(PushFaultsTest, the_database_is_lost_at_every_statement_and_around_every_commit) {
  auto& faults = restart_on_faulty_database();
  for (const auto& operation : operations()) {
    std::size_t n = 0;
    while (try_step(faults, operation, n, [&] { faults.fail_step(n); })) ASSERT_LT(++n, kMoreThanAnyHas);
    EXPECT_GT(n, 3U) << operation.name << " was not tried at all";
  }
  expect_nothing_leaked();
}

TEST_P(PushFaultsTest, the_database_stays_lost_from_any_statement_on) {
  auto& faults = restart_on_faulty_database();
  for (const auto& operation : operations()) {
    std::size_t n = 0;
    while (try_step(faults, operation, n, [&] { faults.fail_from(n); })) ASSERT_LT(++n, kMoreThanAnyHas);
  }
  expect_nothing_leaked();
}

TEST_P(PushFaultsTest, a_power_cut_at_any_call_keeps_what_was_answered_for) {
  for (const auto unsynced : {Unsynced::kLost, Unsynced::kNamesKept}) {
    for (const auto& operation : operations()) {
      auto& disk = start_anew();
      auto named = operation;
      named.name += unsynced == Unsynced::kLost ? " lost" : " kept";
      for (std::size_t n = 0;; ++n) {
        ASSERT_LT(n, kMoreThanAnyHas);
        const auto seed = fmt::format("{} {}", named.name, n);
        SCOPED_TRACE(seed);
        const auto before = client();
        named.prepare(before, seed);
        disk.fail_from(n, EIO);
        const auto answer = named.run(before, seed);
        const bool failed = disk.has_failed();
        power_cut(unsynced);
        judge(named, seed, answer);
        if (!failed) break;
      }
      expect_nothing_leaked();
    }
  }
}

}  // namespace
}  // namespace berth::integrity
