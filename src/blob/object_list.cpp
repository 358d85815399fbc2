#include "blob/object_list.h"

#include <algorithm>
#include <cerrno>

#include "blob/system_errors.h"

namespace berth::blob {
namespace {

class Listing {
 public:
  Listing(FileSystem& file_system, Directories& directories, std::size_t part)
      : file_system_(file_system),
        directories_(directories),
        part_(part) {}

  Outcome<BlobStore::Part> run() {
    if (part_ == 0)
      if (auto seen = strays_in(directories_.blobs(), "blobs", Directories::is_algorithm); !seen)
        return std::unexpected(seen.error());
    if (part_ % Directories::kPrefixes == 0)
      if (auto seen = strays_in(directories_.algorithm(part_), above(), Directories::is_prefix); !seen)
        return std::unexpected(seen.error());
    if (auto seen = objects(); !seen) return std::unexpected(seen.error());
    std::ranges::sort(found_.objects, {}, &BlobStore::Stored::name);
    return std::move(found_);
  }

 private:
  [[nodiscard]] std::string above() const { return fmt::format("blobs/{}", Directories::algorithm_name(part_)); }
  [[nodiscard]] std::string here() const { return fmt::format("{}/{}", above(), Directories::prefix_name(part_)); }

  Outcome<void> strays_in(const File& directory, const std::string& path, bool (*ours)(std::string_view)) {
    const auto names = file_system_.list(directory);
    if (!names) return std::unexpected(names.error());
    for (const auto& name : *names)
      if (!ours(name)) found_.strays.push_back(fmt::format("{}/{}", path, name));
    return {};
  }

  Outcome<void> objects() {
    const auto directory = directories_.open_part(part_);
    if (!directory && directory.error().number == ENOENT) return {};
    if (!directory && means_absent(directory.error())) {
      found_.strays.push_back(here());
      return {};
    }
    if (!directory) return std::unexpected(directory.error());
    const auto names = file_system_.list(*directory);
    if (!names) return std::unexpected(names.error());
    for (const auto& name : *names)
      if (auto seen = file(*directory, name); !seen) return seen;
    return {};
  }

  Outcome<void> file(const File& directory, const std::string& name) {
    const auto status = file_system_.status(directory, name);
    if (!status && status.error().number == ENOENT) return {};
    if (!status) return std::unexpected(status.error());
    auto object = Directories::object_name(part_, name);
    if (object && status->regular)
      found_.objects.push_back({std::move(*object), status->size, status->changed_at_millis});
    else
      found_.strays.push_back(fmt::format("{}/{}", here(), name));
    return {};
  }

  FileSystem& file_system_;
  Directories& directories_;
  const std::size_t part_;
  BlobStore::Part found_;
};

}  // namespace

Outcome<BlobStore::Part> list_part(FileSystem& file_system, Directories& directories, std::size_t part) {
  return Listing(file_system, directories, part).run();
}

}  // namespace berth::blob
