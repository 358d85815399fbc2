#include "integrity/backup.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "blob/store_lock.h"
#include "distribution/tests/support/registry_fixture.h"
#include "integrity/backup_facts.h"
#include "integrity/fsck.h"
#include "integrity/restore.h"
#include "integrity/store_pair.h"
#include "integrity/table_copy.h"
#include "integrity/tests/support/dump.h"

// design.md 8, promise 8: backup and restore give back the same state, checked by digest.
namespace berth::integrity {
namespace {

namespace fs = std::filesystem;
using blob::testing::TemporaryDirectory;
using db::testing::TestDatabase;
using distribution::testing::bytes_of;
using distribution::testing::Client;
using ::testing::HasSubstr;

class BackupTest : public distribution::testing::RegistryTest {
 protected:
  BackupTest() {
    fs::create_directory_symlink(store_root(), data_.path() / "blobs");
    write(data_.path() / "secrets.key", std::string(64, 'a') + "\n");
    server_.emplace(blob::StoreLock::acquire(data_.path().string()).value());
    EXPECT_TRUE(pair_store(database(), disk_, installed().blobs()));
  }

  static void write(const fs::path& path, std::string_view content) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
  }
  Client retailer() { return as(access::testing::as(editor)); }
  [[nodiscard]] Installation installed() { return {data_.path().string(), test_database().url(), ""}; }
  [[nodiscard]] std::string place() const { return (scratch_.path() / "backup").string(); }
  Result<BackupReport> back_up() { return integrity::back_up(installed(), place(), clock, "1.2.3"); }
  void push_a_world() {
    const auto client = retailer();
    for (int n = 0; n < 5; ++n) client.push_image("shop/web", fmt::format("v{}", n), fmt::format("layer {}", n));
    client.push_image("base/os", "latest", bytes_of(2 << 20));
    client.push_image("shop/web", "v1", "layer 1, again");
    as(access::testing::as(admin)).remove("/v2/shop/web/manifests/v3");
    EXPECT_EQ(client.patch(client.start_upload("shop/web"), "in progress").status, 202);
  }
  /// An object's file in the backup.
  [[nodiscard]] fs::path saved(const Digest& digest) const {
    return fs::path(place()) / "blobs/blobs/sha256" / digest.hex().substr(0, 2) / fmt::format("{}.1", digest.hex());
  }

  blob::PosixFileSystem disk_;
  TemporaryDirectory data_;
  TemporaryDirectory scratch_;
  std::optional<blob::StoreLock> server_;  // runs
};
INSTANTIATE_TEST_SUITE_P(, BackupTest, db::testing::both(), db::testing::name);

/// Where a backup is restored to, on either database.
class Target {
 public:
  explicit Target(db::Dialect dialect) {
    if (dialect == db::Dialect::kPostgres) postgres_.emplace(dialect, db::testing::Schema::kNone);
    installation_ = {(scratch_.path() / "data").string(), "", ""};
    installation_.database_url = postgres_ ? postgres_->url() : "file:" + installation_.data_dir + "/berth.db";
  }
  const Installation& installation() { return installation_; }
  std::unique_ptr<db::Database> open() { return db::open({.url = installation_.database_url, .connections = 2}); }
  std::vector<Finding> check() {
    const auto database = open();
    const auto store = blob::FilesystemStore::open(file_system_, installation_.blobs());
    return fsck({*database, *store, installation_.blobs()}, {.repair = false, .read_data = true}, from_millis(0));
  }

 private:
  TemporaryDirectory scratch_;
  blob::PosixFileSystem file_system_;
  std::optional<TestDatabase> postgres_;
  Installation installation_;
};

TEST_P(BackupTest, a_restore_gives_back_every_row_and_every_byte_on_either_database) {
  push_a_world();
  const auto before = testing::dump(database());
  const auto report = back_up();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->objects, static_cast<std::int64_t>(stored_objects()));
  for (const auto dialect : {db::Dialect::kSqlite, db::Dialect::kPostgres}) {
    SCOPED_TRACE(db::testing::name_of(dialect));
    Target target(dialect);
    const auto restored = restore(place(), target.installation());
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_EQ(restored->objects, report->objects);
    EXPECT_EQ(restored->bytes, report->bytes);
    auto after = testing::dump(*target.open());
    EXPECT_TRUE(after["uploads"].empty()) << "uploads in progress start again";
    after["uploads"] = before.at("uploads");
    EXPECT_NE(after["settings"], before.at("settings")) << "a pair of its own";
    after["settings"] = before.at("settings");
    EXPECT_EQ(after, before);
    EXPECT_TRUE(target.check().empty());
    EXPECT_TRUE(fs::exists(target.installation().own_key()));
    EXPECT_TRUE(check_pair(*target.open(), target.installation().blobs()));
    EXPECT_FALSE(check_pair(*target.open(), store_root())) << "the original may still run";
  }
}

TEST_P(BackupTest, ids_are_not_given_out_again) {
  push_a_world();
  static_cast<void>(database().write([](db::Connection& tx) -> Result<void> {
    tx.execute("DELETE FROM events");
    tx.execute("INSERT INTO events (type, subject, data, occurred_at) VALUES ('a', 'b', '{}', 1)");
    tx.execute("DELETE FROM events");
    return {};
  }));
  ASSERT_TRUE(back_up());
  for (const auto dialect : {db::Dialect::kSqlite, db::Dialect::kPostgres}) {
    Target target(dialect);
    ASSERT_TRUE(restore(place(), target.installation()));
    const auto next = [](db::Database& database) {
      return database
          .write([](db::Connection& tx) -> Result<std::int64_t> {
            return std::get<0>(*tx.one<std::int64_t>(
                "INSERT INTO events (type, subject, data, occurred_at) VALUES ('a', 'b', '{}', 1) RETURNING id"));
          })
          .value();
    };
    EXPECT_GT(next(*target.open()), 5) << db::testing::name_of(dialect);
  }
}

TEST_P(BackupTest, the_second_copies_only_what_is_new_and_drops_what_is_gone) {
  push_a_world();
  ASSERT_TRUE(back_up());
  const auto again = back_up();
  EXPECT_EQ(again->copied_objects, 0);
  const auto old = Digest::of("layer 0");
  const auto fresh = retailer().push_blob("shop/web", "fresh");
  static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
    tx.execute("DELETE FROM repository_blobs WHERE digest = :digest", old);
    tx.execute("UPDATE blobs SET state = 'gone' WHERE digest = :digest", old);
    return {};
  }));
  clock.advance(std::chrono::seconds(1));
  const auto third = back_up();
  EXPECT_EQ(third->copied_objects, 1);
  EXPECT_TRUE(fs::exists(saved(fresh)));
  EXPECT_FALSE(fs::exists(saved(old)));
}

TEST_P(BackupTest, pushes_go_on_meanwhile_and_the_state_is_one_that_was) {
  push_a_world();
  std::atomic<bool> stop = false;
  std::atomic<int> pushed = 0;
  const auto client = retailer();
  std::jthread pusher([&] {
    for (int n = 0; !stop; ++n) {
      client.push_image("shop/busy", fmt::format("t{}", n % 3), fmt::format("busy {}", n));
      ++pushed;
    }
  });
  for (int round = 0; round < 3; ++round) {
    const auto start = pushed.load();
    while (pushed < start + 2) std::this_thread::yield();
    clock.advance(std::chrono::seconds(1));
    ASSERT_TRUE(back_up());
    Target target(db::Dialect::kSqlite);
    ASSERT_TRUE(restore(place(), target.installation()));
    const auto findings = target.check();
    EXPECT_TRUE(findings.empty()) << findings.front().text;
  }
  stop = true;
}

TEST_P(BackupTest, collection_goes_on_meanwhile) {
  const auto client = retailer();
  for (int n = 0; n < 200; ++n) client.push_blob("shop/web", fmt::format("blob {}", n));
  std::jthread collector([&] {
    for (int n = 0; n < 200; n += 2) {
      const auto digest = Digest::of(fmt::format("blob {}", n));
      static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
        tx.execute("DELETE FROM repository_blobs WHERE digest = :digest", digest);
        tx.execute("UPDATE blobs SET state = 'gone' WHERE digest = :digest", digest);
        return {};
      }));
      store().remove({digest, 1});
    }
  });
  const auto report = back_up();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->damaged.empty());
  Target target(db::Dialect::kSqlite);
  ASSERT_TRUE(restore(place(), target.installation()));
  for (const auto& finding : target.check()) EXPECT_EQ(finding.kind, Finding::Kind::kCounter) << finding.text;
}

TEST_P(BackupTest, the_running_servers_journal_is_left_to_it) {
  const auto journal = [&] {
    std::map<std::string, std::uintmax_t> segments;
    for (const auto& entry : fs::directory_iterator(fs::path(store_root()) / "journal"))
      segments[entry.path().filename()] = entry.file_size();
    return segments;
  };
  push_a_world();
  const auto before = journal();
  ASSERT_FALSE(before.empty()) << "small blobs are in it";
  ASSERT_TRUE(back_up());
  EXPECT_EQ(journal(), before) << "without it a power cut takes what the server has answered 201";
}

TEST_P(BackupTest, what_a_power_cut_took_from_a_server_that_was_not_started_again_comes_from_its_journal) {
  push_a_world();
  fs::remove(object_file(Digest::of("layer 0")));
  server_.reset();
  const auto report = back_up();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->damaged.empty()) << "it was answered 201";
}

TEST_P(BackupTest, what_the_server_has_lost_is_named_and_pushed_again_after_the_restore) {
  push_a_world();
  const auto lost = Digest::of("layer 0");
  spoil(lost, "LAYER 0");
  const auto report = back_up();
  EXPECT_EQ(report->damaged, std::vector<std::string>{lost.text()});
  Target target(db::Dialect::kSqlite);
  const auto restored = restore(place(), target.installation());
  ASSERT_TRUE(restored);
  EXPECT_EQ(restored->damaged, std::vector<std::string>{lost.text()});
  const auto findings = target.check();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].text, HasSubstr("quarantined"));
}

TEST_P(BackupTest, a_damaged_backup_is_refused_and_leaves_nothing_behind) {
  push_a_world();
  ASSERT_TRUE(back_up());
  const auto database_file = fs::path(place()) / read_facts(place())->database_file;
  const auto layer = saved(Digest::of("layer 1"));
  struct Case {
    std::string name;
    fs::path file;
    std::string said;
  };
  for (const auto& [name, file, said] : {Case{"a_layer", layer, Digest::of("layer 1").text()},
                                         Case{"database", database_file, "does not have the digest"},
                                         Case{"key", fs::path(place()) / "secrets.key", "secrets.key"},
                                         Case{"facts", fs::path(place()) / "backup.json", "backup.json"}}) {
    SCOPED_TRACE(name);
    const auto aside = scratch_.path() / "aside";
    fs::copy_file(file, aside, fs::copy_options::overwrite_existing);
    std::fstream(file, std::ios::in | std::ios::out | std::ios::binary) << '~';
    Target target(GetParam());
    const auto restored = restore(place(), target.installation());
    ASSERT_FALSE(restored);
    EXPECT_THAT(restored.error().message, HasSubstr(said));
    const auto& data = target.installation().data_dir;
    if (fs::exists(data))
      for (const auto& entry : fs::directory_iterator(data)) EXPECT_EQ(entry.path().filename(), "lock");
    fs::copy_file(aside, file, fs::copy_options::overwrite_existing);
    EXPECT_TRUE(restore(place(), target.installation())) << "the same target takes the whole backup";
  }
}

TEST_P(BackupTest, an_unfinished_backup_leaves_the_one_before_whole) {
  push_a_world();
  ASSERT_TRUE(back_up());
  write(fs::path(place()) / "database.new.db", "half of it");
  retailer().push_blob("shop/web", "later");
  Target target(db::Dialect::kSqlite);
  EXPECT_TRUE(restore(place(), target.installation()));
  EXPECT_TRUE(back_up()) << "and the next one goes on";
}

TEST_P(BackupTest, a_restore_never_mixes_with_what_is_there) {
  push_a_world();
  ASSERT_TRUE(back_up());
  Target target(GetParam());
  fs::create_directories(target.installation().data_dir);
  write(fs::path(target.installation().data_dir) / "notes.txt", "mine");
  const auto refused = restore(place(), target.installation());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("notes.txt"));
  EXPECT_TRUE(fs::exists(fs::path(target.installation().data_dir) / "notes.txt"));
  Target empty(db::Dialect::kSqlite);
  auto used = empty.installation();
  if (GetParam() == db::Dialect::kPostgres) {
    used.database_url = test_database().url();
    EXPECT_THAT(restore(place(), used).error().message, HasSubstr("not empty"));
  }
  fs::create_directories(used.data_dir);
  const auto lock = blob::StoreLock::acquire(used.data_dir).value();
  EXPECT_THAT(restore(place(), used).error().message, HasSubstr("in use"));
}

TEST_P(BackupTest, a_key_kept_elsewhere_must_be_named) {
  push_a_world();
  auto from = installed();
  from.secrets_key_file = data_.path() / "elsewhere.key";
  ASSERT_TRUE(integrity::back_up(from, place(), clock, "1.2.3"));
  EXPECT_FALSE(fs::exists(fs::path(place()) / "secrets.key"));
  Target target(db::Dialect::kSqlite);
  EXPECT_THAT(restore(place(), target.installation()).error().message, HasSubstr("--secrets-key-file"));
}

TEST_P(BackupTest, of_a_database_and_the_store_of_another_there_is_none) {
  push_a_world();
  fs::remove(data_.path() / "blobs");
  const auto refused = back_up();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("is not the one of this database"));
  EXPECT_FALSE(fs::exists(data_.path() / "blobs"));
}

TEST_P(BackupTest, a_data_directory_is_no_place_for_a_backup) {
  EXPECT_FALSE(integrity::back_up(installed(), data_.path().string(), clock, "1.2.3"));
}

TEST_P(BackupTest, a_directory_without_a_backup_is_none) {
  fs::create_directories(place());
  Target target(db::Dialect::kSqlite);
  EXPECT_THAT(restore(place(), target.installation()).error().message, HasSubstr("no complete backup"));
}

}  // namespace
}  // namespace berth::integrity
