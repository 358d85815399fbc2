#include <cerrno>

#include "blob/filesystem_store.h"
#include "blob/tests/blob_store_suite.h"
#include "blob/tests/support/faulty_file_system.h"
#include "blob/tests/support/temporary_directory.h"

// Many objects that become durable together: FilesystemStore::commit_together and settle.
namespace berth::blob::testing {
namespace {

constexpr int kBlobs = 5;

std::string bytes_of_blob(int n) {
  return fmt::format("blob {}", n);
}

struct Way {
  std::string_view name;
  Unsynced unsynced;
  bool everything_at_once;
  std::size_t small_bytes;
};

class Together : public ::testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    if (!GetParam().everything_at_once) faults_.sync_files_only();
    start();
  }
  void start() { store_ = FilesystemStore::open(faults_, root(), {.small_bytes = GetParam().small_bytes}); }
  void cut() {
    store_.reset();
    faults_.power_cut(GetParam().unsynced);
    start();
  }
  Result<void> fill() {
    std::vector<FilesystemStore::Arrival> arrivals;
    auto done = arrive(arrivals);
    if (done) done = store_->commit_together(arrivals);
    if (!done)
      for (const auto& arrival : arrivals) arrival.session->cancel();
    return done ? store_->settle() : done;
  }
  Result<void> arrive(std::vector<FilesystemStore::Arrival>& arrivals) {
    for (int n = 0; n < kBlobs; ++n) {
      auto session = store_->begin(fmt::format("0f8fad5b-d9cb-469f-a165-70867728950{}", n));
      if (!session) return fail(session.error());
      arrivals.push_back({std::move(*session), object_of(bytes_of_blob(n))});
      if (auto appended = arrivals.back().session->append(bytes_of_blob(n)); !appended) return appended;
    }
    return {};
  }
  void empty() {
    for (int n = 0; n < kBlobs; ++n) store_->remove(object_of(bytes_of_blob(n)));
  }
  void expect_all() {
    for (int n = 0; n < kBlobs; ++n) EXPECT_EQ(pull(*store_, object_of(bytes_of_blob(n))), bytes_of_blob(n));
  }
  void expect_nothing_half() {
    for (int n = 0; n < kBlobs; ++n) {
      const auto found = pull(*store_, object_of(bytes_of_blob(n)));
      EXPECT_TRUE(found == bytes_of_blob(n) || found == "(unknown)") << found;
    }
  }
  [[nodiscard]] std::string root() const { return directory_.path() / "store"; }

  TemporaryDirectory directory_;
  FaultyFileSystem faults_;
  std::unique_ptr<FilesystemStore> store_;
};
INSTANTIATE_TEST_SUITE_P(, Together,
                         ::testing::Values(Way{"NamesLost", Unsynced::kLost, true, 0},
                                           Way{"NamesKept", Unsynced::kNamesKept, true, 0},
                                           Way{"FilesOnlyNamesLost", Unsynced::kLost, false, 0},
                                           Way{"FilesOnlyNamesKept", Unsynced::kNamesKept, false, 0},
                                           Way{"OfAServer", Unsynced::kNamesKept, true, 1024}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(Together, what_has_settled_outlives_a_power_cut) {
  ASSERT_EQ(outcome(fill()), "ok");
  cut();
  expect_all();
  EXPECT_TRUE(store_->leftovers().empty());
}

TEST_P(Together, what_an_earlier_process_named_is_settled_too) {
  std::vector<FilesystemStore::Arrival> arrivals;
  ASSERT_EQ(outcome(arrive(arrivals)), "ok");
  ASSERT_EQ(outcome(store_->commit_together(arrivals)), "ok");
  store_.reset();  // killed before settle()
  start();
  ASSERT_EQ(outcome(store_->settle()), "ok");
  cut();
  expect_all();
}

TEST_P(Together, nothing_half_is_there_whatever_call_is_the_last) {
  faults_.heal();
  ASSERT_EQ(outcome(fill()), "ok");
  const auto calls = faults_.calls();
  for (std::size_t n = 0; n <= calls; ++n) {
    SCOPED_TRACE(n);
    empty();
    faults_.fail_from(n, EIO);
    const bool done = fill().has_value();
    cut();
    expect_nothing_half();
    if (done) expect_all();
  }
}

TEST_P(Together, one_failed_call_is_noticed_or_does_no_harm) {
  faults_.heal();
  ASSERT_EQ(outcome(fill()), "ok");
  const auto calls = faults_.calls();
  for (const int number : {EIO, ENOSPC}) {
    for (std::size_t n = 0; n < calls; ++n) {
      SCOPED_TRACE(n);
      empty();
      faults_.fail_call(n, number);
      const bool done = fill().has_value();
      if (!done) {
        faults_.heal();
        ASSERT_EQ(outcome(fill()), "ok") << "a second try";
      }
      cut();
      expect_all();
    }
  }
}

}  // namespace
}  // namespace berth::blob::testing
