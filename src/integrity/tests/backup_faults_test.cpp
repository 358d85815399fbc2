#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "blob/posix_file_system.h"
#include "blob/tests/support/faulty_file_system.h"
#include "distribution/tests/support/registry_fixture.h"
#include "integrity/backup.h"
#include "integrity/backup_facts.h"
#include "integrity/restore.h"
#include "integrity/store_pair.h"

// A backup is whole or refused, also on a disk that fails and loses: its objects lie on one, while its other files
// are kept, so that a backup.json which names too much would be found.
namespace berth::integrity {
namespace {

namespace fs = std::filesystem;
using blob::testing::TemporaryDirectory;
using blob::testing::Unsynced;
using distribution::testing::Client;

class BackupFaultsTest : public distribution::testing::RegistryTest {
 protected:
  BackupFaultsTest() {
    fs::create_directory_symlink(store_root(), data_.path() / "blobs");
    std::ofstream(data_.path() / "secrets.key") << std::string(64, 'a') << "\n";
    blob::PosixFileSystem own_disk;
    EXPECT_TRUE(pair_store(database(), own_disk, (data_.path() / "blobs").string()));
  }

  Client retailer() { return as(access::testing::as(editor)); }
  void start_over() {
    fs::remove_all(place());
    disk_.emplace();
  }
  [[nodiscard]] std::string place() const { return (scratch_.path() / "backup").string(); }
  bool back_up() {
    clock.advance(std::chrono::seconds(1));
    try {
      return integrity::back_up({data_.path().string(), test_database().url(), ""}, place(), clock, "1", *disk_)
          .has_value();
    } catch (const std::system_error&) {
      return false;
    }
  }
  /// An object's file in the backup.
  [[nodiscard]] fs::path saved(const Digest& digest) const {
    return fs::path(place()) / "blobs/blobs/sha256" / digest.hex().substr(0, 2) / fmt::format("{}.1", digest.hex());
  }
  /// Empty when the backup was restored, every blob checked by its digest; else why not.
  [[nodiscard]] std::string restored() const {
    const TemporaryDirectory target;
    const auto data = (target.path() / "data").string();
    const auto report = restore(place(), {data, "file:" + data + "/berth.db", ""});
    return report ? "" : report.error().message;
  }
  [[nodiscard]] std::string current() const {
    const auto facts = read_facts(place());
    return facts ? facts->database_file : "";
  }

  TemporaryDirectory data_;
  TemporaryDirectory scratch_;
  std::optional<blob::testing::FaultyFileSystem> disk_;
};
INSTANTIATE_TEST_SUITE_P(, BackupFaultsTest, ::testing::Values(db::Dialect::kSqlite), db::testing::name);

TEST_P(BackupFaultsTest, a_power_cut_at_any_call_leaves_the_earlier_backup_or_the_new_one) {
  for (const auto unsynced : {Unsynced::kLost, Unsynced::kNamesKept}) {
    SCOPED_TRACE(static_cast<int>(unsynced));
    start_over();
    retailer().push_image("shop/web", "first", fmt::format("first {}", static_cast<int>(unsynced)));
    ASSERT_TRUE(back_up());
    const std::array fresh{retailer().push_blob("shop/web", fmt::format("one {}", static_cast<int>(unsynced))),
                           retailer().push_blob("shop/web", fmt::format("two {}", static_cast<int>(unsynced)))};
    const auto before = current();
    std::size_t n = 1;  // the first call only opens the place
    for (; current() == before; ++n) {
      SCOPED_TRACE(n);
      for (const auto& digest : fresh) fs::remove(saved(digest));
      disk_.emplace();
      disk_->fail_from(n, EIO);
      const bool done = back_up();
      EXPECT_TRUE(current() != before || !done);
      disk_->power_cut(unsynced);
      ASSERT_EQ(restored(), "");
    }
    EXPECT_GT(n, 20U);
  }
}

TEST_P(BackupFaultsTest, a_failed_call_never_leaves_a_backup_that_lacks_something) {
  std::size_t n = 1;  // the first call only opens the place
  for (bool only_tidying_failed = false; !only_tidying_failed; ++n) {
    SCOPED_TRACE(n);
    start_over();
    retailer().push_blob("shop/web", fmt::format("blob {}", n % 5));
    disk_->fail_call(n, EIO);
    const bool done = back_up();
    const bool written = !current().empty();
    EXPECT_TRUE(written || !done);
    only_tidying_failed = written && !done;
    disk_->power_cut(Unsynced::kNamesKept);
    EXPECT_EQ(restored().empty(), written) << restored();
  }
}

}  // namespace
}  // namespace berth::integrity
