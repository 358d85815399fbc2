#include "integrity/backup_facts.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/file.h"
#include "base/json.h"
#include "base/sha.h"

namespace berth::integrity {
namespace {

constexpr std::string_view kName = "/backup.json";
constexpr std::uint64_t kPiece = 1U << 20;

FileRange open_whole(const std::string& path) {
  auto file = std::make_shared<const File>(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (file->descriptor() < 0 || ::fstat(file->descriptor(), &status) != 0)
    throw std::system_error(errno, std::generic_category(), path);
  return {std::move(file), 0, static_cast<std::uint64_t>(status.st_size)};
}

std::unexpected<Error> damaged(const std::string& directory, std::string_view why) {
  return fail(Error::invalid(fmt::format("the backup in {} is damaged: {}", directory, why)));
}

Result<BackupFacts> from_json(const std::string& directory, const json::value& document) {
  const auto version = find_string(document, "version");
  const auto taken_at = find_string(document, "taken_at");
  const auto file = find_string(document, "database_file");
  const auto sha256 = find_string(document, "database_sha256");
  const auto objects = find_int(document, "objects");
  const auto bytes = find_int(document, "bytes");
  const auto* files = find_object(document, "files");
  const auto* lost = find_array(document, "damaged");
  const auto time = taken_at ? parse_rfc3339(*taken_at) : fail(Fault::kInvalid, "");
  if (!version || !time || !file || !sha256 || !objects || !bytes || !files || !lost)
    return damaged(directory, "backup.json is not complete");
  if (file->find('/') != std::string_view::npos) return damaged(directory, "backup.json names a file elsewhere");
  BackupFacts facts{.version = std::string(*version),
                    .taken_at = *time,
                    .database_file = std::string(*file),
                    .database_sha256 = std::string(*sha256),
                    .objects = *objects,
                    .bytes = *bytes,
                    .damaged = {},
                    .files = {}};
  for (const auto& digest : *lost)
    if (digest.is_string()) facts.damaged.emplace_back(digest.as_string());
  for (const auto& [name, sum] : *files)
    if (sum.is_string()) facts.files.emplace(name, sum.as_string());
  return facts;
}

}  // namespace

void write_facts(const std::string& directory, const BackupFacts& facts) {
  const json::object document{{"format", BackupFacts::kFormat},
                              {"version", facts.version},
                              {"taken_at", to_rfc3339(facts.taken_at)},
                              {"database_file", facts.database_file},
                              {"database_sha256", facts.database_sha256},
                              {"objects", facts.objects},
                              {"bytes", facts.bytes},
                              {"damaged", json::value_from(facts.damaged)},
                              {"files", json::value_from(facts.files)}};
  write_durably(directory + std::string(kName), json::serialize(document) + "\n", 0600);
}

Result<BackupFacts> read_facts(const std::string& directory) {
  const auto path = directory + std::string(kName);
  if (!std::filesystem::exists(path))
    return fail(Error::invalid(fmt::format("{} holds no complete backup: it has no backup.json", directory)));
  const auto document = parse_json(read_all(open_whole(path)));
  if (!document) return damaged(directory, "backup.json cannot be read");
  if (find_int(*document, "format") != BackupFacts::kFormat)
    return fail(
        Error::invalid(fmt::format("the backup in {} has a format that this release does not know", directory)));
  return from_json(directory, *document);
}

std::string sha256_of_file(const std::string& path) {
  const auto whole = open_whole(path);
  Hasher hasher(DigestAlgorithm::kSha256);
  for (std::uint64_t at = 0; at < whole.length; at += kPiece)
    hasher.update(read_all({whole.file, at, std::min(kPiece, whole.length - at)}));
  return std::string(hasher.finish().hex());
}

}  // namespace berth::integrity
