#include "integrity/verify.h"

#include <fcntl.h>

#include <system_error>

#include "base/log.h"
#include "base/sha.h"

namespace berth::integrity {
namespace {

using distribution::Damage;

constexpr std::uint64_t kPiece = 1U << 20;

/// What the kernel has in memory says nothing about the disk; and who scrubs must not push out what is pulled.
void drop_from_cache(const FileRange& range) {
  ::posix_fadvise(range.file->descriptor(), static_cast<off_t>(range.offset), static_cast<off_t>(range.length),
                  POSIX_FADV_DONTNEED);
}

/// False when on_piece ended it.
bool feed(const FileRange& whole, const OnPiece& on_piece) {
  for (std::uint64_t at = 0; at < whole.length; at += kPiece) {
    const FileRange piece{whole.file, whole.offset + at, std::min(kPiece, whole.length - at)};
    drop_from_cache(piece);
    const bool go_on = on_piece(read_all(piece));
    drop_from_cache(piece);
    if (!go_on) return false;
  }
  return true;
}

bool feed(Source& source, const OnPiece& on_piece) {
  std::string buffer(kPiece, '\0');
  while (const auto got = source.read(buffer))
    if (!on_piece(std::string_view(buffer).substr(0, got))) return false;
  return true;
}

bool feed(const blob::Content& content, const OnPiece& on_piece) {
  if (const auto* range = std::get_if<FileRange>(&content)) return feed(*range, on_piece);
  if (const auto* source = std::get_if<std::unique_ptr<Source>>(&content)) return feed(**source, on_piece);
  throw std::logic_error("a store that redirects is verified where its objects lie");
}

}  // namespace

Verdict verify(blob::BlobStore& store, const blob::ObjectName& name, std::uint64_t size, const OnPiece& on_piece) {
  if (const auto damage = distribution::obvious_damage(store, name, size)) {
    store.check_health();
    return {.damage = damage};
  }
  auto content = store.read(name, 0, size);
  if (!content) {
    store.check_health();
    const bool gone = content.error().fault == Fault::kBlobUnknown;
    return {.damage = gone ? Damage::kMissing : Damage::kUnreadable};
  }
  Hasher hasher(name.digest.algorithm());
  try {
    const bool whole = feed(*content, [&](std::string_view piece) {
      hasher.update(piece);
      return on_piece(piece);
    });
    if (!whole) return {.damage = std::nullopt, .ended = true};
  } catch (const std::system_error& error) {
    store.check_health();
    log::warning("a stored object cannot be read", {{"digest", name.digest.text()}, {"reason", error.what()}});
    return {.damage = Damage::kUnreadable};
  }
  if (hasher.finish() == name.digest) return {};
  return {.damage = Damage::kContent};
}

}  // namespace berth::integrity
