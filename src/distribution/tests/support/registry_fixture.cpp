#include "distribution/tests/support/registry_fixture.h"

#include <filesystem>
#include <fstream>

#include "base/sha.h"

namespace berth::distribution::testing {
namespace {

using access::Access;
using access::Role;

std::size_t files_under(const std::filesystem::path& root) {
  std::size_t count = 0;
  if (!std::filesystem::exists(root)) return 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
    count += entry.is_regular_file() ? 1 : 0;
  return count;
}

}  // namespace

RegistryTest::RegistryTest() {
  world.member(retail, editor, Role::kEditor);
  world.member(retail, admin, Role::kAdmin);
  world.member(retail, viewer, Role::kViewer);
  world.member(other, stranger, Role::kEditor);
  world.bind(shop, retail, Access::kPush);
  world.bind(base, retail, Access::kPush);
  world.bind(base, other, Access::kPush);
  world.bind(vault, other, Access::kPush);
  publish();
  build();
}

void RegistryTest::publish() {
  static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
    for (const auto& row : world.workspaces)
      tx.execute("INSERT INTO workspaces (id, name, created_at) VALUES (:id, :name, 0) ON CONFLICT DO NOTHING", row.id,
                 row.name);
    for (const auto& row : world.registries)
      tx.execute(
          "INSERT INTO registries (id, name, kind, origin, created_at) VALUES (:id, :name, 'berth', 'managed', 0) "
          "ON CONFLICT DO NOTHING",
          row.id, row.name);
    for (const auto& row : world.spaces)
      tx.execute(
          "INSERT INTO spaces (id, registry_id, name, created_at) VALUES (:id, :registry, :name, 0) "
          "ON CONFLICT DO NOTHING",
          row.id, row.registry, row.name);
    return {};
  }));
  const std::lock_guard lock(mutex_);
  snapshot_ = world.snapshot();
}

access::SnapshotPtr RegistryTest::snapshot() {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

void RegistryTest::build() {
  store_ = blob::FilesystemStore::open(*disk_, (directory_.path() / "store").string());
  if (wrap_) wrapped_ = wrap_(*store_);
  auto& store = wrapped_ ? *wrapped_ : static_cast<blob::BlobStore&>(*store_);
  metrics_ = std::make_unique<prometheus::Registry>();
  counted_.emplace(faulty_database_ ? *faulty_database_ : database());
  registry_ = std::make_unique<Registry>(*counted_, store, clock);
  core_ = std::make_unique<http::Core>(
      routes(*registry_),
      http::Core::Dependencies{
          .snapshot = [this] { return snapshot(); },
          .clock = clock,
          .authenticate = [this](const http::Request& request, bool, const access::Snapshot&,
                                 Time) -> Result<access::Subject> { return subject_of(request); },
          .recall_snapshot = [this] { return snapshot(); },
          .recall_subject = [this](const http::Request& request, const access::Snapshot&,
                                   Time) { return std::optional(subject_of(request)); },
          .repositories = [this](SpaceId space, const RepositoryPath& path) { return registry_->lookup(space, path); },
          .metrics = *metrics_},
      http::Core::Settings{.public_url = "", .log_requests = false});
}

access::Subject RegistryTest::subject_of(const http::Request& request) {
  const std::lock_guard lock(mutex_);
  return subjects_.at(std::string(request.headers.find("Test-Subject").value()));
}

void RegistryTest::stop() {
  core_.reset();
  registry_.reset();
  wrapped_.reset();
  store_.reset();
}

void RegistryTest::restart() {
  stop();
  build();
}

void RegistryTest::restart_behind(std::function<std::unique_ptr<blob::BlobStore>(blob::BlobStore&)> wrap) {
  wrap_ = std::move(wrap);
  restart();
}

blob::testing::FaultyFileSystem& RegistryTest::restart_on_faulty_disk() {
  stop();
  std::filesystem::remove_all(directory_.path() / "store");
  disk_ = &faulty_disk_;
  build();
  return faulty_disk_;
}

db::testing::FaultyDatabase& RegistryTest::restart_on_faulty_database() {
  stop();
  faulty_database_ = std::make_unique<db::testing::FaultyDatabase>(database());
  build();
  return *faulty_database_;
}

void RegistryTest::power_cut(blob::testing::Unsynced unsynced) {
  stop();
  faulty_disk_.power_cut(unsynced);
  build();
}

Client RegistryTest::as(const access::Subject& subject) {
  const std::lock_guard lock(mutex_);
  auto key = std::to_string(subjects_.size());
  subjects_.emplace(key, subject);
  return {*core_, key};
}

access::Subject RegistryTest::scoped(access::Subject subject,
                                     std::vector<std::pair<std::string, access::Verbs>> grants) {
  subject.scope.emplace();
  for (const auto& [name, verbs] : grants)
    subject.scope->repositories.push_back({.repository = RepositoryName::parse(name).value(), .verbs = verbs});
  return subject;
}

std::int64_t RegistryTest::number(const std::string& sql) {
  return std::get<0>(database().read([&](db::Connection& tx) { return tx.one<std::int64_t>(sql); }).value());
}

std::vector<std::string> RegistryTest::texts(const std::string& sql) {
  std::vector<std::string> all;
  for (auto& [text] : database().read([&](db::Connection& tx) { return tx.query<std::string>(sql); }))
    all.push_back(std::move(text));
  return all;
}

std::size_t RegistryTest::open_uploads() const {
  return store_->leftovers().size();
}
std::size_t RegistryTest::stored_objects() const {
  return files_under(directory_.path() / "store" / "blobs");
}

std::string RegistryTest::object_file(const Digest& digest, std::int64_t generation) const {
  return fmt::format("{}/blobs/{}/{}/{}.{}", store_root(), name_of(digest.algorithm()), digest.hex().substr(0, 2),
                     digest.hex(), generation);
}

void RegistryTest::spoil(const Digest& digest, std::string_view bytes, std::int64_t generation) {
  const auto path = object_file(digest, generation);
  ASSERT_TRUE(std::filesystem::exists(path));
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

Digest sha512_of(std::string_view bytes) {
  Hasher hasher(DigestAlgorithm::kSha512);
  hasher.update(bytes);
  return hasher.finish();
}

}  // namespace berth::distribution::testing
