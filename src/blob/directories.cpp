#include "blob/directories.h"

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace berth::blob {
namespace {

constexpr std::array<std::string_view, 2> kAlgorithms{"sha256", "sha512"};

/// The directory's entry in `parent` is synced even when it was there: who made it may have been killed before that.
Outcome<File> make_durably(FileSystem& file_system, const File& parent, const std::string& name) {
  if (auto made = file_system.make_directory(parent, name); !made && made.error().number != EEXIST)
    return std::unexpected(made.error());
  auto directory = file_system.open(parent, name, OpenAs::kDirectory);
  if (!directory) return directory;
  if (auto synced = file_system.sync(parent); !synced) return std::unexpected(synced.error());
  return directory;
}

std::string prefix(const ObjectName& name) {
  return std::string(name.digest.hex().substr(0, 2));
}

std::size_t algorithm_index(const ObjectName& name) {
  return name.digest.algorithm() == DigestAlgorithm::kSha256 ? 0 : 1;
}

std::size_t nibble(char digit) {
  return static_cast<std::size_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

}  // namespace

Directories::Directories(FileSystem& file_system, File root, File uploads, File journal, File blobs,
                         std::array<File, 2> algorithms)
    : file_system_(file_system),
      root_(std::move(root)),
      uploads_(std::move(uploads)),
      journal_(std::move(journal)),
      blobs_(std::move(blobs)),
      algorithms_(std::move(algorithms)) {}

Outcome<std::unique_ptr<Directories>> Directories::open(FileSystem& file_system, const std::string& root) {
  auto top = file_system.open_root(root);
  if (!top) return std::unexpected(top.error());
  auto uploads = make_durably(file_system, *top, "uploads");
  if (!uploads) return std::unexpected(uploads.error());
  auto journal = make_durably(file_system, *top, "journal");
  if (!journal) return std::unexpected(journal.error());
  auto blobs = make_durably(file_system, *top, "blobs");
  if (!blobs) return std::unexpected(blobs.error());
  auto sha256 = make_durably(file_system, *blobs, std::string(kAlgorithms[0]));
  if (!sha256) return std::unexpected(sha256.error());
  auto sha512 = make_durably(file_system, *blobs, std::string(kAlgorithms[1]));
  if (!sha512) return std::unexpected(sha512.error());
  return std::unique_ptr<Directories>(new Directories(file_system, std::move(*top), std::move(*uploads),
                                                      std::move(*journal), std::move(*blobs),
                                                      {std::move(*sha256), std::move(*sha512)}));
}

Directories::Shard& Directories::shard(const ObjectName& name) {
  const auto hex = name.digest.hex();
  return shards_[algorithm_index(name)][nibble(hex[0]) * 16 + nibble(hex[1])];
}

Outcome<Directories::Directory> Directories::open_shard(const ObjectName& name) {
  auto opened = file_system_.open(algorithms_[algorithm_index(name)], prefix(name), OpenAs::kDirectory);
  if (!opened) return std::unexpected(opened.error());
  return std::make_shared<const File>(std::move(*opened));
}

Outcome<Directories::Directory> Directories::find(const ObjectName& name) {
  {
    const std::lock_guard lock(guard_);
    if (auto& known = shard(name).directory) return known;
  }
  auto opened = open_shard(name);
  if (!opened) return opened;
  const std::lock_guard lock(guard_);
  auto& known = shard(name).directory;
  if (!known) known = *opened;
  return known;
}

Directories::Directory Directories::durable(const ObjectName& name) {
  const std::lock_guard lock(guard_);
  const auto& known = shard(name);
  return known.durable ? known.directory : nullptr;
}

Outcome<Directories::Directory> Directories::make(const ObjectName& name) {
  if (auto known = durable(name)) return known;
  // Once per directory and process. Who finds it half made waits here: its own 201 needs the entry on disk as well.
  const std::lock_guard making(making_);
  if (auto known = durable(name)) return known;
  auto made = make_durably(file_system_, algorithms_[algorithm_index(name)], prefix(name));
  if (!made) return std::unexpected(made.error());
  const std::lock_guard lock(guard_);
  shard(name) = Shard{.directory = std::make_shared<const File>(std::move(*made)), .durable = true};
  return shard(name).directory;
}

std::string_view Directories::algorithm_name(std::size_t part) {
  return kAlgorithms[part / kPrefixes];
}

std::string Directories::prefix_name(std::size_t part) {
  return fmt::format("{:02x}", part % kPrefixes);
}

bool Directories::is_algorithm(std::string_view name) {
  return std::ranges::find(kAlgorithms, name) != kAlgorithms.end();
}

bool Directories::is_prefix(std::string_view name) {
  return name.size() == 2 && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Outcome<File> Directories::open_part(std::size_t part) {
  return file_system_.open(algorithm(part), prefix_name(part), OpenAs::kDirectory);
}

std::optional<ObjectName> Directories::object_name(std::size_t part, std::string_view file_name) {
  const auto dot = file_name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto digits = file_name.substr(dot + 1);
  std::int64_t generation = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), generation);
  auto digest = Digest::parse(fmt::format("{}:{}", algorithm_name(part), file_name.substr(0, dot)));
  if (!digest || generation <= 0) return std::nullopt;
  ObjectName name{std::move(*digest), generation};
  const bool whole = parsed.ptr == digits.data() + digits.size() && Directories::file_name(name) == file_name;
  if (!whole || !file_name.starts_with(prefix_name(part))) return std::nullopt;
  return name;
}

std::string Directories::file_name(const ObjectName& name) {
  return fmt::format("{}.{}", name.digest.hex(), name.generation);
}

}  // namespace berth::blob
