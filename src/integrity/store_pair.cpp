#include "integrity/store_pair.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "base/file.h"
#include "base/random.h"
#include "blob/filesystem_store.h"

namespace berth::integrity {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kIdBytes = 16;
// Of a store without an id, so many blobs at most are looked for: one that is there is enough.
constexpr std::int64_t kLookedFor = 100;

using Id = std::optional<std::string>;

std::string file_of(const std::string& root) {
  return root + "/store-id";
}

std::string pending_file_of(const std::string& root, const std::string& id) {
  return fmt::format("{}/store-id.{}", root, id);
}

Id id_of(db::Connection& tx) {
  const auto row = tx.one<std::string>("SELECT value FROM settings WHERE name = 'store_id'");
  return row ? Id(std::get<0>(*row)) : std::nullopt;
}

Id id_of(db::Database& database) {
  return database.read([](db::Connection& tx) { return id_of(tx); });
}

Id id_of(const std::string& root) {
  const auto path = file_of(root);
  // Asked first: another replica may be about to make it, and nobody takes it away.
  if (!fs::exists(path)) return std::nullopt;
  std::ifstream file(path);
  if (!file) throw std::system_error(errno, std::generic_category(), path);
  std::string id;
  file >> id;
  return id;
}

/// The database has taken the id, and this process or another was to give the store's file its name.
void finish(const std::string& root, const std::string& id) {
  std::error_code failure;
  fs::rename(pending_file_of(root, id), file_of(root), failure);
  if (failure == std::errc::no_such_file_or_directory) return;
  if (failure) throw std::system_error(failure, file_of(root));
  sync_directory(root);
}

std::string to_text(const Id& id) {
  return id ? fmt::format("id {}", *id) : "no id";
}

Error strangers(const std::string& root, std::vector<std::string> why) {
  why.emplace_back(
      "mount or name (--data-dir, --database) what belongs together and start again, or restore both from a backup "
      "(berth restore)");
  why.emplace_back(
      "if these two are what is left: berth fsck --adopt-store makes them a pair; blobs that are not in the store must "
      "then be pushed again, and objects that the database does not know are removed in time");
  return Error::conflict(fmt::format("the blob store in {} is not the one of this database", root), std::move(why));
}

Result<void> agree(const Id& database, const Id& store, const std::string& root) {
  if (database && database == store) return {};
  return fail(strangers(root, {fmt::format("the database's store has {}", to_text(database)),
                               fmt::format("the store in {} has {}{}", root, to_text(store),
                                           fs::exists(root) ? "" : ": there is no such directory")}));
}

bool is_in_use(db::Database& database) {
  return database.read([](db::Connection& tx) { return tx.one<std::int64_t>("SELECT 1 FROM users LIMIT 1"); })
      .has_value();
}

std::vector<blob::ObjectName> newest_objects(db::Database& database) {
  return database.read([](db::Connection& tx) {
    std::vector<blob::ObjectName> names;
    for (const auto& [digest, generation] : tx.query<std::string, std::int64_t>(
             "SELECT digest, generation FROM blobs WHERE state = 'live' ORDER BY id DESC LIMIT :limit", kLookedFor))
      names.push_back({Digest::parse(digest).value(), generation});
    return names;
  });
}

bool has_objects(blob::BlobStore& store) {
  for (std::size_t part = 0; part < blob::BlobStore::kParts; ++part)
    if (!store.list(part).objects.empty()) return true;
  return false;
}

/// Neither side has an id. Release 0.1.0 gave none; so what they hold must do.
Result<void> may_be_a_pair(db::Database& database, blob::FileSystem& file_system, const std::string& root) {
  const auto expected = newest_objects(database);
  // Opening it would make it.
  const auto store = fs::exists(root) ? blob::FilesystemStore::open(file_system, root) : nullptr;
  if (expected.empty()) {
    if (!store || is_in_use(database) || !has_objects(*store)) return {};
    return fail(strangers(root, {"the database is new, but the store has objects"}));
  }
  if (store && std::ranges::any_of(expected, [&](const auto& name) { return store->size(name).has_value(); }))
    return {};
  return fail(strangers(
      root,
      {fmt::format("of the {} blobs that the database had last, none is there", expected.size()),
       fmt::format("the store in {} has {}", root, store && has_objects(*store) ? "other objects" : "no objects")}));
}

/// `into_database` writes the id, or not, and tells which one stands there then.
template <class Write>
std::string make_pair(db::Database& database, blob::FileSystem& file_system, const std::string& root,
                      Write&& into_database) {
  static_cast<void>(blob::FilesystemStore::open(file_system, root));  // the directory is there, durably
  const auto mine = random_hex(kIdBytes);
  write_durably(pending_file_of(root, mine), mine + "\n", 0600);
  const auto taken =
      database.write([&](db::Connection& tx) -> Result<std::string> { return into_database(tx, mine); }).value();
  if (taken != mine) fs::remove(pending_file_of(root, mine));
  return taken;
}

std::string keep_or_take(db::Connection& tx, const std::string& id) {
  tx.execute("INSERT INTO settings (name, value) VALUES ('store_id', :id) ON CONFLICT (name) DO NOTHING", id);
  return id_of(tx).value();
}

std::string take(db::Connection& tx, const std::string& id) {
  tx.execute(
      "INSERT INTO settings (name, value) VALUES ('store_id', :id) ON CONFLICT (name) DO UPDATE SET value = "
      "excluded.value",
      id);
  return id;
}

}  // namespace

Result<void> pair_store(db::Database& database, blob::FileSystem& file_system, const std::string& root) {
  // The store first: a replica that pairs them meanwhile has told the database before the store's file has its name.
  const auto in_store = id_of(root);
  auto in_database = id_of(database);
  if (!in_store && !in_database) {
    if (auto pair = may_be_a_pair(database, file_system, root); !pair) return pair;
    in_database = make_pair(database, file_system, root, keep_or_take);
  }
  if (in_database) finish(root, *in_database);
  return agree(in_database, id_of(root), root);
}

Result<void> check_pair(db::Database& database, const std::string& root) {
  const auto wanted = id_of(database);
  if (wanted && fs::exists(pending_file_of(root, *wanted))) return {};
  const auto there = id_of(root);
  if (wanted || there) return agree(wanted, there, root);
  return fail(Error::conflict(fmt::format(
      "the database and the blob store in {} are not a pair yet: start this release's server on them first", root)));
}

void adopt_store(db::Database& database, blob::FileSystem& file_system, const std::string& root) {
  finish(root, make_pair(database, file_system, root, take));
}

}  // namespace berth::integrity
