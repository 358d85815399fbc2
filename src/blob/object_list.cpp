#include "blob/object_list.h"

#include <charconv>

#include "blob/system_errors.h"

namespace berth::blob {
namespace {

template <class T>
T or_raise(Outcome<T> outcome) {
  if (!outcome) raise(outcome.error());
  return std::move(*outcome);
}

/// `<hex>.<generation>` in the directory of its first two digits.
std::optional<ObjectName> parse(std::string_view algorithm, std::string_view shard, std::string_view file) {
  const auto dot = file.find('.');
  if (dot == std::string_view::npos || !file.starts_with(shard)) return std::nullopt;
  auto digest = Digest::parse(fmt::format("{}:{}", algorithm, file.substr(0, dot)));
  const auto number = file.substr(dot + 1);
  std::int64_t generation = 0;
  const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), generation);
  if (!digest || code != std::errc() || end != number.data() + number.size() || generation < 1) return std::nullopt;
  return ObjectName{std::move(*digest), generation};
}

class Walk {
 public:
  Walk(FileSystem& file_system, const ObjectList& told) : file_system_(file_system), told_(told) {}

  void algorithm(const File& blobs, const std::string& name) {
    const auto directory = open(blobs, name);
    if (!directory) return told_.stray("blobs/" + name);
    for (const auto& shard_name : or_raise(file_system_.list(*directory))) {
      const auto below = open(*directory, shard_name);
      if (below)
        shard(*below, name, shard_name);
      else
        told_.stray(fmt::format("blobs/{}/{}", name, shard_name));
    }
  }

 private:
  std::optional<File> open(const File& parent, const std::string& name) {
    auto directory = file_system_.open(parent, name, OpenAs::kDirectory);
    if (!directory && !means_absent(directory.error())) raise(directory.error());
    return directory ? std::optional(std::move(*directory)) : std::nullopt;
  }

  void shard(const File& directory, const std::string& algorithm, const std::string& name) {
    for (const auto& file : or_raise(file_system_.list(directory))) {
      const auto object = parse(algorithm, name, file);
      const auto status = file_system_.status(directory, file);
      if (!status && means_absent(status.error())) continue;
      if (!status) raise(status.error());
      if (object && status->regular)
        told_.object(*object, status->size);
      else
        told_.stray(fmt::format("blobs/{}/{}/{}", algorithm, name, file));
    }
  }

  FileSystem& file_system_;
  const ObjectList& told_;
};

}  // namespace

void list_objects(FileSystem& file_system, const std::string& root, const ObjectList& told) {
  const auto top = or_raise(file_system.open_root(root));
  const auto blobs = or_raise(file_system.open(top, "blobs", OpenAs::kDirectory));
  Walk walk(file_system, told);
  for (const auto& algorithm : or_raise(file_system.list(blobs))) walk.algorithm(blobs, algorithm);
}

}  // namespace berth::blob
