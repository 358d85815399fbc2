#pragma once

#include <prometheus/registry.h>

#include <map>
#include <memory>
#include <mutex>

#include "access/tests/support/world.h"
#include "blob/filesystem_store.h"
#include "blob/posix_file_system.h"
#include "blob/tests/support/faulty_file_system.h"
#include "blob/tests/support/temporary_directory.h"
#include "db/tests/support/faulty_database.h"
#include "db/tests/support/test_database.h"
#include "distribution/registry.h"
#include "distribution/routes.h"
#include "distribution/tests/support/client.h"
#include "distribution/tests/support/counting_database.h"
#include "http/core.h"

namespace berth::distribution::testing {

/// A registry on a fresh database and directory, and a small world: workspaces `retail` and `other`; the spaces `shop`
/// (private, retail's, retail pushes), `base` (public; both push), `vault` (private, other pushes).
class RegistryTest : public db::testing::OnBothDatabases {
 protected:
  RegistryTest();

  /// The world as it is now, for the database and for the requests that follow.
  void publish();
  /// A new process on what the old one left: database, directory, nothing else. Clients are made anew.
  void restart();
  /// The same with something between the registry and its store.
  void restart_behind(std::function<std::unique_ptr<blob::BlobStore>(blob::BlobStore&)> wrap);
  /// The same on a disk that can fail; before anything was stored.
  blob::testing::FaultyFileSystem& restart_on_faulty_disk();
  /// The same on a database whose connection can break.
  db::testing::FaultyDatabase& restart_on_faulty_database();
  /// The machine stops, and comes back with what the disk has. For a faulty disk.
  void power_cut(blob::testing::Unsynced unsynced = blob::testing::Unsynced::kLost);

  Client as(const access::Subject& subject);
  /// A registry token of the subject: "shop/web:pull,push".
  static access::Subject scoped(access::Subject subject, std::vector<std::pair<std::string, access::Verbs>> grants);

  [[nodiscard]] Registry& registry() { return *registry_; }
  [[nodiscard]] http::ServerCore& core() { return *core_; }
  [[nodiscard]] blob::BlobStore& store() { return *store_; }
  [[nodiscard]] access::SnapshotPtr snapshot();
  /// Through which the registry sees the database.
  [[nodiscard]] CountingDatabase& counted() { return *counted_; }

  /// The first column of the first row.
  std::int64_t number(const std::string& sql);
  std::vector<std::string> texts(const std::string& sql);
  [[nodiscard]] std::size_t stored_objects() const;
  [[nodiscard]] std::size_t open_uploads() const;
  [[nodiscard]] std::string store_root() const { return (directory_.path() / "store").string(); }
  /// The file in which the object lies, for who wants to spoil it.
  [[nodiscard]] std::string object_file(const Digest& digest, std::int64_t generation = 1) const;
  /// The bytes on the disk change, and the length as well if theirs is another.
  void spoil(const Digest& digest, std::string_view bytes, std::int64_t generation = 1);

  access::testing::World world;
  ManualClock clock;
  WorkspaceId retail = world.workspace("retail");
  WorkspaceId other = world.workspace("other");
  SpaceId shop = world.space("shop", access::testing::Publicity::kPrivate, retail);
  SpaceId base = world.space("base", access::testing::Publicity::kPublic);
  SpaceId vault = world.space("vault", access::testing::Publicity::kPrivate, other);
  UserId editor = world.user("edgar");
  UserId admin = world.user("ada");
  UserId viewer = world.user("vera");
  UserId stranger = world.user("stan");  // editor of other

 private:
  access::Subject subject_of(const http::Request& request);
  void stop();
  void build();

  std::optional<CountingDatabase> counted_;
  blob::testing::TemporaryDirectory directory_;
  blob::PosixFileSystem good_disk_;
  blob::testing::FaultyFileSystem faulty_disk_;
  std::unique_ptr<db::testing::FaultyDatabase> faulty_database_;
  blob::FileSystem* disk_ = &good_disk_;
  std::function<std::unique_ptr<blob::BlobStore>(blob::BlobStore&)> wrap_;
  std::unique_ptr<blob::FilesystemStore> store_;
  std::unique_ptr<blob::BlobStore> wrapped_;
  std::unique_ptr<prometheus::Registry> metrics_;
  std::unique_ptr<Registry> registry_;
  std::unique_ptr<http::Core> core_;
  std::mutex mutex_;
  access::SnapshotPtr snapshot_;
  std::map<std::string, access::Subject, std::less<>> subjects_;
};

/// A value that every test may take for "the bytes".
[[nodiscard]] inline std::string bytes_of(std::size_t size, char first = 'a') {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(first + static_cast<char>(i % 23));
  return bytes;
}
[[nodiscard]] Digest sha512_of(std::string_view bytes);

}  // namespace berth::distribution::testing
