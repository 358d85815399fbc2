#pragma once

#include <array>
#include <memory>
#include <mutex>

#include "blob/blob_store.h"
#include "blob/file_system.h"

namespace berth::blob {

/// The directories of a store, held open from its start to its end, so that no path is ever walked twice:
///
///     <root>/uploads/<uuid>
///     <root>/journal/<number>
///     <root>/blobs/<algorithm>/<first 2 hex digits>/<hex>.<generation>
///
/// Any thread may call any method. `file_system` outlives it.
class Directories {
 public:
  using Directory = std::shared_ptr<const File>;

  /// Makes what is missing of the fixed part, durably.
  static Outcome<std::unique_ptr<Directories>> open(FileSystem& file_system, const std::string& root);

  [[nodiscard]] const File& root() const { return root_; }
  [[nodiscard]] const File& uploads() const { return uploads_; }
  [[nodiscard]] const File& journal() const { return journal_; }
  [[nodiscard]] const File& blobs() const { return blobs_; }
  /// Where the object lies or would lie; ENOENT when nothing was ever stored beside it.
  Outcome<Directory> find(const ObjectName& name);
  /// The same, made when missing. Its own entry is durable when this returns.
  Outcome<Directory> make(const ObjectName& name);

  /// `<hex>.<generation>`
  static std::string file_name(const ObjectName& name);
  /// The other way round; nullopt for a name of another kind.
  static std::optional<ObjectName> object_name(std::size_t part, std::string_view file_name);

  /// A part of BlobStore::kParts is an algorithm and the first two digits.
  static constexpr std::size_t kPrefixes = 256;
  static std::string_view algorithm_name(std::size_t part);
  static std::string prefix_name(std::size_t part);
  static bool is_algorithm(std::string_view name);
  static bool is_prefix(std::string_view name);
  [[nodiscard]] const File& algorithm(std::size_t part) const { return algorithms_[part / kPrefixes]; }
  /// ENOENT when there is none.
  Outcome<File> open_part(std::size_t part);

 private:
  struct Shard {
    Directory directory;
    bool durable = false;
  };

  Directories(FileSystem& file_system, File root, File uploads, File journal, File blobs,
              std::array<File, 2> algorithms);
  Outcome<Directory> open_shard(const ObjectName& name);
  Directory durable(const ObjectName& name);
  Shard& shard(const ObjectName& name);

  FileSystem& file_system_;
  File root_;
  File uploads_;
  File journal_;
  File blobs_;
  std::array<File, 2> algorithms_;
  std::mutex making_;
  std::mutex guard_;  // of shards_
  std::array<std::array<Shard, 256>, 2> shards_;
};

}  // namespace berth::blob
