#include "distribution/rehash.h"

#include <charconv>

#include "base/random.h"
#include "base/sha.h"

namespace berth::distribution {
namespace {

constexpr std::uint64_t kPiece = 1U << 20;

/// 2^40 and above; rows count up from 1.
std::int64_t scratch_generation() {
  const auto hex = random_hex(4);
  std::uint32_t low = 0;
  std::from_chars(hex.data(), hex.data() + hex.size(), low, 16);
  return (std::int64_t{1} << 40) + low;
}

/// Removes the scratch object however the copy ends.
class Scratch {
 public:
  Scratch(blob::BlobStore& store, blob::ObjectName name) : store_(store), name_(std::move(name)) {}
  ~Scratch() {
    try {
      store_.remove(name_);
    } catch (const std::exception&) {  // an object without a row, as after a crash
    }
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] const blob::ObjectName& name() const { return name_; }

 private:
  blob::BlobStore& store_;
  blob::ObjectName name_;
};

Result<std::string> read_piece(blob::BlobStore& store, const blob::ObjectName& name, std::uint64_t at,
                               std::uint64_t length) {
  auto content = store.read(name, at, length);
  if (!content) return fail(std::move(content.error()));
  if (const auto* range = std::get_if<FileRange>(&*content)) return read_all(*range);
  auto* source = std::get_if<std::unique_ptr<Source>>(&*content);
  if (!source)
    return fail(Fault::kUnsupported, "start the upload with ?digest-algorithm=sha512 to push by a sha512 digest here");
  std::string piece(length, '\0');
  std::size_t have = 0;
  while (have < piece.size()) {
    const auto got = (*source)->read(std::span(piece).subspan(have));
    if (got == 0) return fail(Error::unavailable("try again", "the store gave back less than it took"));
    have += got;
  }
  return piece;
}

Result<void> copy(blob::BlobStore& store, const blob::ObjectName& from, std::uint64_t length, blob::UploadSession& into,
                  Hasher& hasher) {
  for (std::uint64_t at = 0; at < length; at += kPiece) {
    const auto piece = read_piece(store, from, at, std::min(kPiece, length - at));
    if (!piece) return fail(piece.error());
    if (auto appended = into.append(*piece); !appended) return appended;
    hasher.update(*piece);
  }
  return {};
}

}  // namespace

Result<Rehashed> rehash(blob::BlobStore& store, blob::UploadSession& session, const Digest& honest,
                        DigestAlgorithm wanted) {
  const auto length = static_cast<std::uint64_t>(session.received());
  const Scratch scratch(store, {honest, scratch_generation()});
  if (auto done = session.commit(scratch.name()); !done) return fail(done.error());
  auto target = store.begin(random_uuid());
  if (!target) return fail(std::move(target.error()));
  Hasher hasher(wanted);
  if (auto copied = copy(store, scratch.name(), length, **target, hasher); !copied) {
    (*target)->cancel();
    return fail(copied.error());
  }
  return Rehashed{std::move(*target), hasher.finish()};
}

}  // namespace berth::distribution
