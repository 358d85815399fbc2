#include <cerrno>

#include "blob/filesystem_store.h"
#include "blob/tests/blob_store_suite.h"
#include "blob/tests/support/faulty_file_system.h"
#include "blob/tests/support/temporary_directory.h"

namespace berth::blob::testing {
namespace {

constexpr std::string_view kFirst = "the first half, ";
constexpr std::string_view kSecond = "and the second one";
const std::string kWhole = std::string(kFirst) + std::string(kSecond);

// How blobs reach the disk: each by its own file and syncs, small ones by way of the journal, or that with a journal
// whose segments are full after every blob.
constexpr FilesystemStore::Options kFiles{.small_bytes = 0};
constexpr FilesystemStore::Options kJournal{};
constexpr FilesystemStore::Options kShortJournal{.journal = {.segment_bytes = 1, .full_segments = 1}};

/// A store on a disk that fails and loses.
class Disk {
 public:
  FaultyFileSystem faults;

  explicit Disk(FilesystemStore::Options options) : options_(options) {}
  void start() { store_ = FilesystemStore::open(faults, root(), options_); }
  void cut(Unsynced unsynced) {
    store_.reset();
    faults.power_cut(unsynced);
    start();
  }
  BlobStore& store() { return *store_; }
  [[nodiscard]] std::string root() const { return directory_.path() / "store"; }

 private:
  FilesystemStore::Options options_;
  TemporaryDirectory directory_;
  std::unique_ptr<BlobStore> store_;
};

struct Way {
  std::string_view name;
  FilesystemStore::Options options;
};
constexpr std::array kWays{Way{"Files", kFiles}, Way{"Journal", kJournal}, Way{"ShortJournal", kShortJournal}};

/// The whole life of an upload, in two requests.
Result<void> push_in_two_requests(BlobStore& store) {
  SessionState state;
  {
    auto session = store.begin(kUpload);
    if (!session) return fail(session.error());
    if (auto appended = (*session)->append(kFirst); !appended) return appended;
    auto suspended = (*session)->suspend();
    if (!suspended) return fail(suspended.error());
    state = *suspended;
  }
  auto session = store.resume(kUpload, state);
  if (!session) return fail(session.error());
  if (auto appended = (*session)->append(kSecond); !appended) return appended;
  return (*session)->commit(object_of(kWhole));
}

std::size_t calls_of_a_push(const FilesystemStore::Options& options) {
  Disk disk(options);
  disk.start();
  disk.faults.heal();
  EXPECT_EQ(outcome(push_in_two_requests(disk.store())), "ok");
  return disk.faults.calls();
}

class PowerCut : public ::testing::TestWithParam<std::tuple<Way, Unsynced>> {
 protected:
  [[nodiscard]] static const FilesystemStore::Options& options() { return std::get<Way>(GetParam()).options; }
  static Unsynced unsynced() { return std::get<Unsynced>(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(, PowerCut,
                         ::testing::Combine(::testing::ValuesIn(kWays),
                                            ::testing::Values(Unsynced::kLost, Unsynced::kNamesKept)),
                         [](const auto& info) {
                           const bool lost = std::get<Unsynced>(info.param) == Unsynced::kLost;
                           return std::string(std::get<Way>(info.param).name) + (lost ? "Lost" : "NamesKept");
                         });

TEST_P(PowerCut, after_the_commit_keeps_the_blob) {
  Disk disk(options());
  disk.start();
  ASSERT_EQ(outcome(push_in_two_requests(disk.store())), "ok");
  disk.cut(unsynced());
  EXPECT_EQ(pull(disk.store(), object_of(kWhole)), kWhole);
}

TEST_P(PowerCut, after_the_commit_keeps_an_empty_blob) {
  Disk disk(options());
  disk.start();
  ASSERT_EQ(outcome(push(disk.store(), "")), "ok");
  disk.cut(unsynced());
  EXPECT_EQ(disk.store().size(object_of("")), 0U);
}

TEST_P(PowerCut, after_a_second_push_of_the_same_blob_keeps_it) {
  Disk disk(options());
  disk.start();
  ASSERT_EQ(outcome(push(disk.store(), kWhole)), "ok");
  ASSERT_EQ(outcome(push(disk.store(), kWhole)), "ok");
  disk.cut(unsynced());
  EXPECT_EQ(pull(disk.store(), object_of(kWhole)), kWhole);
}

// As a copy that was restored by hand just now: there and whole, but only in memory.
TEST_P(PowerCut, after_a_push_of_what_was_never_synced_keeps_it) {
  Disk disk(options());
  disk.start();
  auto directory = disk.faults.open_root(disk.root()).value();
  const auto name = object_of(kWhole);
  const std::string shard(name.digest.hex().substr(0, 2));
  for (const std::string part : {"blobs", "sha256"})
    directory = disk.faults.open(directory, part, OpenAs::kDirectory).value();
  ASSERT_TRUE(disk.faults.make_directory(directory, shard).has_value());
  directory = disk.faults.open(directory, shard, OpenAs::kDirectory).value();
  const auto file = disk.faults.open(directory, std::string(name.digest.hex()) + ".1", OpenAs::kNew).value();
  ASSERT_TRUE(disk.faults.write(file, kWhole, 0).has_value());

  ASSERT_EQ(outcome(push(disk.store(), kWhole)), "ok");
  disk.cut(unsynced());
  EXPECT_EQ(pull(disk.store(), name), kWhole);
}

TEST_P(PowerCut, before_the_commit_shows_nothing) {
  Disk disk(options());
  disk.start();
  auto session = disk.store().begin(kUpload).value();
  ASSERT_EQ(outcome(session->append(kWhole)), "ok");
  session.reset();
  disk.cut(unsynced());
  EXPECT_EQ(disk.store().size(object_of(kWhole)), std::nullopt);
}

TEST_P(PowerCut, after_suspend_keeps_exactly_the_confirmed_bytes) {
  Disk disk(options());
  disk.start();
  auto session = disk.store().begin(kUpload).value();
  ASSERT_EQ(outcome(session->append(kFirst)), "ok");
  const auto state = session->suspend().value();
  ASSERT_EQ(outcome(session->append("lost in the dark")), "ok");
  session.reset();
  disk.cut(unsynced());
  auto resumed = disk.store().resume(kUpload, state);
  ASSERT_EQ(outcome(resumed), "ok");
  ASSERT_EQ(outcome((*resumed)->append(kSecond)), "ok");
  ASSERT_EQ(outcome((*resumed)->commit(object_of(kWhole))), "ok");
  EXPECT_EQ(pull(disk.store(), object_of(kWhole)), kWhole);
}

TEST_P(PowerCut, at_any_call_leaves_the_blob_whole_or_absent) {
  const auto calls = calls_of_a_push(options());
  ASSERT_GT(calls, 8U);
  for (std::size_t n = 0; n <= calls; ++n) {
    Disk disk(options());
    disk.start();
    disk.faults.fail_from(n, EIO);
    const bool acknowledged = push_in_two_requests(disk.store()).has_value();
    disk.cut(unsynced());
    const auto found = pull(disk.store(), object_of(kWhole));
    if (acknowledged) {
      EXPECT_EQ(found, kWhole) << "acknowledged, cut at call " << n;
    } else {
      EXPECT_TRUE(found == kWhole || found == "(unknown)") << "cut at call " << n << ": " << found;
    }
    EXPECT_EQ(outcome(push_in_two_requests(disk.store())), "ok") << "retry after a cut at call " << n;
    EXPECT_EQ(pull(disk.store(), object_of(kWhole)), kWhole) << "retry after a cut at call " << n;
  }
}

struct Failure {
  std::string_view name;
  int number;
  std::string_view message;
};

class OneFailure : public ::testing::TestWithParam<std::tuple<Way, Failure>> {};
INSTANTIATE_TEST_SUITE_P(
    , OneFailure,
    ::testing::Combine(::testing::ValuesIn(kWays),
                       ::testing::Values(Failure{"ENOSPC", ENOSPC, "the blob store has no space left"},
                                         Failure{"EDQUOT", EDQUOT, "the blob store has no space left"},
                                         Failure{"EROFS", EROFS, "the blob store is read-only"},
                                         Failure{"EIO", EIO, "the blob store failed"})),
    [](const auto& info) {
      return fmt::format("{}{}", std::get<Way>(info.param).name, std::get<Failure>(info.param).name);
    });

// The retry is what a client does: all of it again, under the same upload and after a power cut as well.
TEST_P(OneFailure, at_any_call_is_an_error_or_success_and_a_retry_succeeds) {
  const auto& [way, failure] = GetParam();
  const auto calls = calls_of_a_push(way.options);
  for (std::size_t n = 0; n < calls; ++n) {
    Disk disk(way.options);
    disk.start();
    disk.faults.fail_call(n, failure.number);
    const auto pushed = push_in_two_requests(disk.store());
    ASSERT_TRUE(disk.faults.has_failed()) << "call " << n << " was never made";
    if (!pushed) {
      EXPECT_EQ(pushed.error().fault, Fault::kUnavailable) << "call " << n;
      EXPECT_EQ(pushed.error().message, failure.message) << "call " << n;
      const auto found = pull(disk.store(), object_of(kWhole));
      EXPECT_TRUE(found == kWhole || found == "(unknown)") << "call " << n << ": " << found;
    }
    EXPECT_EQ(outcome(push_in_two_requests(disk.store())), "ok") << "call " << n;
    disk.cut(Unsynced::kLost);
    EXPECT_EQ(pull(disk.store(), object_of(kWhole)), kWhole) << "call " << n;
  }
}

TEST(FailedAppend, leaves_received_where_it_was_and_the_session_usable) {
  Disk disk(kFiles);
  disk.start();
  auto session = disk.store().begin(kUpload).value();
  ASSERT_EQ(outcome(session->append(kFirst)), "ok");
  disk.faults.fail_call(0, ENOSPC);
  EXPECT_EQ(outcome(session->append("much longer than what follows it in the end")), name_of(Fault::kUnavailable));
  EXPECT_EQ(session->received(), static_cast<std::int64_t>(kFirst.size()));
  ASSERT_EQ(outcome(session->append(kSecond)), "ok");
  ASSERT_EQ(outcome(session->commit(object_of(kWhole))), "ok");
  EXPECT_EQ(pull(disk.store(), object_of(kWhole)), kWhole);
}

// The failed write has left bytes behind, and could not take them away: they must not become part of the blob.
TEST(FailedAppend, whose_rollback_fails_too_does_not_lengthen_the_blob) {
  Disk disk(kFiles);
  disk.start();
  auto session = disk.store().begin(kUpload).value();
  ASSERT_EQ(outcome(session->append(kWhole)), "ok");
  disk.faults.fail_from(0, ENOSPC);
  EXPECT_EQ(outcome(session->append("a tail")), name_of(Fault::kUnavailable));
  disk.faults.heal();
  ASSERT_EQ(outcome(session->commit(object_of(kWhole))), "ok");
  EXPECT_EQ(pull(disk.store(), object_of(kWhole)), kWhole);
}

TEST(FailedSync, ends_the_session_because_a_second_one_would_lie) {
  Disk disk(kFiles);
  disk.start();
  auto session = disk.store().begin(kUpload).value();
  ASSERT_EQ(outcome(session->append(kWhole)), "ok");
  disk.faults.fail_call(0, EIO);
  ASSERT_EQ(outcome(session->commit(object_of(kWhole))), name_of(Fault::kUnavailable));
  EXPECT_EQ(outcome(session->commit(object_of(kWhole))), name_of(Fault::kUnavailable));
  EXPECT_EQ(disk.store().size(object_of(kWhole)), std::nullopt);
}

TEST(FailedSync, leaves_what_was_confirmed_before_it) {
  Disk disk(kFiles);
  disk.start();
  auto session = disk.store().begin(kUpload).value();
  ASSERT_EQ(outcome(session->append(kFirst)), "ok");
  const auto state = session->suspend().value();
  ASSERT_EQ(outcome(session->append("never on disk")), "ok");
  disk.faults.fail_call(0, EIO);
  ASSERT_EQ(outcome(session->suspend()), name_of(Fault::kUnavailable));
  session = disk.store().resume(kUpload, state).value();
  ASSERT_EQ(outcome(session->append(kSecond)), "ok");
  ASSERT_EQ(outcome(session->commit(object_of(kWhole))), "ok");
  disk.cut(Unsynced::kLost);
  EXPECT_EQ(pull(disk.store(), object_of(kWhole)), kWhole);
}

// After the rename the session's file is the blob: nothing may be added to it.
TEST(FailedDirectorySync, closes_the_session_for_bytes_but_not_for_another_commit) {
  Disk disk(kFiles);
  disk.start();
  ASSERT_EQ(outcome(push(disk.store(), kWhole)), "ok");
  disk.store().remove(object_of(kWhole));
  auto session = disk.store().begin(kUpload).value();
  ASSERT_EQ(outcome(session->append(kWhole)), "ok");
  disk.faults.fail_call(3, EIO);  // fdatasync, open of the existing one, rename, fsync
  ASSERT_EQ(outcome(session->commit(object_of(kWhole))), name_of(Fault::kUnavailable));
  EXPECT_EQ(outcome(session->append("x")), name_of(Fault::kUnavailable));
  EXPECT_EQ(outcome(session->commit(object_of(kWhole))), "ok");
  disk.cut(Unsynced::kLost);
  EXPECT_EQ(pull(disk.store(), object_of(kWhole)), kWhole);
}

TEST(IllStore, fails_its_check) {
  Disk disk(kFiles);
  disk.start();
  disk.faults.fail_from(0, EROFS);
  EXPECT_THROW(disk.store().check_health(), std::system_error);
  EXPECT_THROW(disk.store().leftovers(), std::system_error);
}

TEST(IllStore, does_not_start) {
  Disk disk(kFiles);
  disk.faults.fail_from(0, EACCES);
  EXPECT_THROW(disk.start(), std::system_error);
}

}  // namespace
}  // namespace berth::blob::testing
