#include "blob/journal.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>

#include "blob/filesystem_store.h"
#include "blob/journal_replay.h"
#include "blob/tests/blob_store_suite.h"
#include "blob/tests/support/faulty_file_system.h"
#include "blob/tests/support/temporary_directory.h"

namespace berth::blob::testing {
namespace {

namespace fs = std::filesystem;

std::string records(const std::vector<std::string>& blobs) {
  std::string text;
  for (const auto& bytes : blobs) write_record(text, {object_of(bytes), bytes});
  return text;
}

std::vector<std::string> read_records(std::string_view text) {
  std::vector<std::string> found;
  while (const auto record = take_record(text)) found.emplace_back(record->bytes);
  return found;
}

using Blobs = std::vector<std::string>;

TEST(JournalRecord, is_read_as_it_was_written) {
  const Blobs blobs{"one", "", "two\nlines \n", std::string("\0\xff", 2)};
  EXPECT_EQ(read_records(records(blobs)), blobs);
  std::string text;
  write_record(text, {object_of("x", DigestAlgorithm::kSha512, 7), "x"});
  std::string_view rest = text;
  EXPECT_EQ(take_record(rest)->name, object_of("x", DigestAlgorithm::kSha512, 7));
  EXPECT_EQ(rest, "");
}

TEST(JournalRecord, torn_at_any_byte_ends_the_journal) {
  const auto whole = records({"first", "second"});
  const auto first = records({"first"});
  for (auto length = first.size(); length < whole.size(); ++length)
    EXPECT_EQ(read_records(whole.substr(0, length)), Blobs{"first"}) << "cut after " << length << " bytes";
}

TEST(JournalRecord, with_other_bytes_than_its_digest_ends_the_journal) {
  auto text = records({"first", "second"});
  text[text.size() - 2] ^= 1;
  EXPECT_EQ(read_records(text), Blobs{"first"});
  EXPECT_EQ(read_records(std::string(512, '\0')), Blobs{});
}

class JournalTest : public ::testing::Test {
 protected:
  void start() { store_ = FilesystemStore::open(faults_, root_, options_); }
  void stop() { store_.reset(); }
  void retire() { dynamic_cast<FilesystemStore&>(*store_).retire_journal(std::chrono::seconds(30)); }
  void cut(Unsynced unsynced = Unsynced::kLost) {
    stop();
    faults_.power_cut(unsynced);
    start();
  }
  [[nodiscard]] fs::path file_of(std::string_view bytes) const {
    const auto name = object_of(bytes);
    return fs::path(root_) / "blobs" / "sha256" / name.digest.hex().substr(0, 2) / Directories::file_name(name);
  }
  [[nodiscard]] std::size_t segments() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(fs::path(root_) / "journal"), fs::directory_iterator()));
  }
  /// Waits, with an end, for the thread that syncs full segments.
  [[nodiscard]] bool comes_to_have_segments(std::size_t count) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (segments() != count) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }

  TemporaryDirectory directory_;
  std::string root_ = directory_.path() / "store";
  FaultyFileSystem faults_;
  FilesystemStore::Options options_;
  std::unique_ptr<BlobStore> store_;
};

/// Another blob in the directory of `bytes`.
std::string neighbour_of(std::string_view bytes) {
  const std::string prefix(object_of(bytes).digest.hex().substr(0, 2));
  for (int i = 0;; ++i)
    if (auto text = fmt::format("{}", i); object_of(text).digest.hex().starts_with(prefix)) return text;
}

TEST_F(JournalTest, small_blob_costs_one_sync) {
  start();
  ASSERT_EQ(outcome(push(*store_, "a segment and a directory")), "ok");
  faults_.heal();
  ASSERT_EQ(outcome(push(*store_, neighbour_of("a segment and a directory"))), "ok");
  EXPECT_EQ(faults_.calls(), 4U) << "write and fdatasync of the journal, open and write of the blob's own file";
}

TEST_F(JournalTest, large_blob_does_not_go_through_it) {
  start();
  const std::string large(options_.small_bytes + 1, 'x');
  ASSERT_EQ(outcome(push(*store_, large)), "ok");
  EXPECT_EQ(segments(), 0U);
  cut();
  EXPECT_EQ(pull(*store_, object_of(large)), large);
}

TEST_F(JournalTest, a_clean_stop_leaves_nothing_to_write_again) {
  start();
  ASSERT_EQ(outcome(push(*store_, "kept")), "ok");
  ASSERT_EQ(outcome(push(*store_, "collected")), "ok");
  store_->remove(object_of("collected"));
  retire();
  EXPECT_EQ(segments(), 0U);
  cut();
  EXPECT_EQ(pull(*store_, object_of("kept")), "kept");
  EXPECT_EQ(store_->size(object_of("collected")), std::nullopt);
}

TEST_F(JournalTest, pushes_go_on_after_it_was_emptied) {
  start();
  retire();
  ASSERT_EQ(outcome(push(*store_, "before")), "ok");
  retire();
  ASSERT_EQ(outcome(push(*store_, "after")), "ok");
  cut();
  EXPECT_EQ(pull(*store_, object_of("before")), "before");
  EXPECT_EQ(pull(*store_, object_of("after")), "after");
}

TEST_F(JournalTest, a_disk_that_does_not_sync_at_a_clean_stop_keeps_it) {
  start();
  ASSERT_EQ(outcome(push(*store_, "kept")), "ok");
  faults_.fail_from(0, EIO);
  retire();
  faults_.heal();
  EXPECT_EQ(segments(), 1U);
  cut();
  EXPECT_EQ(pull(*store_, object_of("kept")), "kept");
}

TEST_F(JournalTest, start_gives_back_what_a_power_cut_took_and_empties_it) {
  start();
  ASSERT_EQ(outcome(push(*store_, "lost")), "ok");
  stop();
  faults_.power_cut(Unsynced::kLost);
  ASSERT_FALSE(fs::exists(file_of("lost")));
  start();
  EXPECT_EQ(pull(*store_, object_of("lost")), "lost");
  EXPECT_EQ(segments(), 0U);
  cut();
  EXPECT_EQ(pull(*store_, object_of("lost")), "lost");
}

TEST_F(JournalTest, start_mends_a_file_of_the_right_length) {
  start();
  ASSERT_EQ(outcome(push(*store_, "right")), "ok");
  stop();
  std::ofstream(file_of("right")) << std::string(5, '\0');
  start();
  EXPECT_EQ(pull(*store_, object_of("right")), "right");
}

TEST_F(JournalTest, interrupted_replay_is_done_by_the_next_start) {
  start();
  for (const std::string_view bytes : {"one", "two"}) ASSERT_EQ(outcome(push(*store_, bytes)), "ok");
  const auto calls_of_a_start = [&] {
    stop();
    faults_.heal();
    start();
    return faults_.calls();
  }();
  for (std::size_t n = 0; n <= calls_of_a_start + 8; ++n) {
    for (const auto unsynced : {Unsynced::kLost, Unsynced::kNamesKept}) {
      stop();
      fs::remove_all(root_);
      start();
      for (const std::string_view bytes : {"one", "two"}) ASSERT_EQ(outcome(push(*store_, bytes)), "ok");
      stop();
      faults_.power_cut(Unsynced::kLost);
      faults_.fail_from(n, EIO);
      try {
        start();
      } catch (const std::system_error&) {
      }
      cut(unsynced);
      EXPECT_EQ(pull(*store_, object_of("one")), "one") << "start cut at call " << n;
      EXPECT_EQ(pull(*store_, object_of("two")), "two") << "start cut at call " << n;
    }
  }
}

TEST_F(JournalTest, full_segment_goes_when_its_blobs_are_synced) {
  options_.journal = {.segment_bytes = 1, .full_segments = 1};
  start();
  for (const std::string_view bytes : {"one", "two", "three"}) ASSERT_EQ(outcome(push(*store_, bytes)), "ok");
  ASSERT_TRUE(comes_to_have_segments(1)) << "the segment of the last blob stays";
  cut();
  for (const std::string_view bytes : {"one", "two", "three"}) EXPECT_EQ(pull(*store_, object_of(bytes)), bytes);
}

TEST_F(JournalTest, segment_stays_when_the_disk_does_not_sync) {
  const auto directories = Directories::open(faults_, root_).value();
  Journal journal(faults_, *directories, {.segment_bytes = 1, .full_segments = 1});
  auto unplaced = std::optional(journal.append({object_of("one"), "one"}).value());
  ASSERT_TRUE(journal.append({object_of("two"), "two"}).has_value());
  faults_.fail_from(0, EIO);
  unplaced.reset();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (journal.usable() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  ASSERT_FALSE(journal.usable());
  faults_.heal();
  EXPECT_FALSE(journal.append({object_of("three"), "three"}).has_value());
  ASSERT_TRUE(replay_journal(faults_, *directories).has_value());
  EXPECT_TRUE(fs::exists(file_of("one")));
  EXPECT_TRUE(fs::exists(file_of("two")));
}

TEST_F(JournalTest, many_at_once_are_all_durable) {
  options_.journal = {.segment_bytes = 500, .full_segments = 1};
  start();
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  {
    std::vector<std::jthread> pushers;
    for (int t = 0; t < kThreads; ++t)
      pushers.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) {
          const auto bytes = fmt::format("{} of {}", i, t);
          auto session = store_->begin(fmt::format("0f8fad5b-d9cb-469f-a165-7086772{:05}", t)).value();
          session->append(bytes).value();
          session->commit(object_of(bytes)).value();
        }
      });
  }
  cut();
  for (int t = 0; t < kThreads; ++t)
    for (int i = 0; i < kEach; ++i) {
      const auto bytes = fmt::format("{} of {}", i, t);
      EXPECT_EQ(pull(*store_, object_of(bytes)), bytes);
    }
}

}  // namespace
}  // namespace berth::blob::testing
