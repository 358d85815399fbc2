#include "catalog/config_reader.h"

namespace berth::catalog {
namespace {

constexpr std::int64_t kLargestConfig = 4 << 20;

struct ReadWhole {
  std::string operator()(const FileRange& range) const { return read_all(range); }
  std::string operator()(const std::unique_ptr<Source>& source) const {
    std::string out;
    std::array<char, 16384> piece{};
    while (const auto got = source->read(piece)) out.append(piece.data(), got);
    return out;
  }
  // Only a store behind a URL redirects, and only pulls; it reads its own small blobs as streams.
  std::string operator()(const blob::Redirect&) const { return {}; }
};

}  // namespace

std::optional<ImageConfig> ConfigReader::read(RepositoryId repository, const Digest& digest) {
  // Membership is asked each time, also when the content is kept: a blob exists per repository.
  const auto stored = find(repository, digest);
  if (!stored || stored->size > kLargestConfig) return std::nullopt;
  if (auto config = kept_.find(digest)) return config;
  auto content = blobs_.read(stored->name, 0, static_cast<std::uint64_t>(stored->size));
  if (!content) return std::nullopt;
  const auto text = std::visit(ReadWhole{}, *content);
  const auto document = parse_json(text, {.bytes = kLargestConfig});
  if (!document || !document->is_object()) return std::nullopt;
  auto config = read_image_config(*document);
  kept_.put(digest, config, text.size());
  return config;
}

std::optional<ConfigReader::Stored> ConfigReader::find(RepositoryId repository, const Digest& digest) {
  const auto row = database_.read([&](db::Connection& tx) {
    return tx.one<std::int64_t, std::int64_t>(
        "SELECT b.generation, b.size FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id "
        "WHERE l.repository_id = :repository AND l.digest = :digest",
        repository, digest);
  });
  if (!row) return std::nullopt;
  return Stored{{digest, std::get<0>(*row)}, std::get<1>(*row)};
}

}  // namespace berth::catalog
