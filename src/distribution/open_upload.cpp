#include "distribution/open_upload.h"

#include "distribution/blob_commit.h"
#include "distribution/rehash.h"

namespace berth::distribution {
namespace {

// A smaller piece is hashed before another thread is awake.
constexpr std::size_t kHashedBeside = 64U << 10;

}  // namespace

OpenUpload::OpenUpload(UploadParts parts, Caller caller, Place place, UploadRow row,
                       std::optional<UploadClaims::Claim> claim, std::unique_ptr<blob::UploadSession> session,
                       Hasher hasher)
    : parts_(parts),
      caller_(std::move(caller)),
      place_(std::move(place)),
      row_(std::move(row)),
      claim_(std::move(claim)),
      session_(std::move(session)),
      hasher_(hasher) {}

Result<void> OpenUpload::append(std::string_view bytes) {
  const auto length = received() + static_cast<std::int64_t>(bytes.size());
  if (row_.room && length > row_.room->bytes) return refuse(row_.room->refusal);
  Hasher after = hasher_;
  const auto hash = [&] { after.update(bytes); };
  const auto write = [&] { return session_->append(bytes); };
  auto appended = bytes.size() < kHashedBeside ? write() : parts_.helpers.run(write, hash);
  if (!appended) return appended;
  if (bytes.size() < kHashedBeside) hash();
  hasher_ = after;
  return appended;
}

void OpenUpload::expect(const Digest& digest) {
  if (received() == 0) hasher_ = Hasher(digest.algorithm());
}

Result<void> OpenUpload::suspend() {
  if (refused_) return {};  // there is nothing left to keep
  if (!has_row()) {
    session_->cancel();
    return {};
  }
  const auto before = row_.state.received;
  auto state = session_->suspend();
  if (!state) return fail(std::move(state.error()));
  row_.state = std::move(*state);
  row_.hash_state = hasher_.save();
  const auto expires_at = parts_.clock.now() + parts_.lifetime;
  return parts_.database.write([&](db::Connection& tx) -> Result<void> {
    if (save_upload(tx, row_, before, expires_at)) return {};
    return fail(Fault::kUploadUnknown, "the upload is not known");
  });
}

Result<Digest> OpenUpload::digest_under(DigestAlgorithm algorithm) {
  auto actual = Hasher(hasher_).finish();
  if (algorithm == actual.algorithm()) return actual;
  auto rehashed = rehash(parts_.store, *session_, actual, algorithm);
  if (!rehashed) return fail(std::move(rehashed.error()));
  session_ = std::move(rehashed->session);
  return std::move(rehashed->digest);
}

Result<void> OpenUpload::finish(const Digest& digest) {
  expect(digest);
  const auto actual = digest_under(digest.algorithm());
  if (!actual) return fail(actual.error());
  if (*actual != digest) {
    drop();
    return fail(Fault::kDigestInvalid, fmt::format("the content's digest is {}", actual->text()));
  }
  auto done = BlobCommit(parts_.database, parts_.store)
                  .run(caller_, place_, *session_, digest, has_row() ? std::string_view(row_.id) : std::string_view());
  if (!done && done.error().fault == Fault::kQuota) return refuse(std::move(done.error()));
  return done;
}

std::unexpected<Error> OpenUpload::refuse(Error error) {
  drop();
  refused_ = true;
  return fail(std::move(error));
}

void OpenUpload::drop() {
  session_->cancel();
  if (!has_row()) return;
  parts_.database.write([&](db::Connection& tx) -> Result<void> {
    delete_upload(tx, row_.id);
    return {};
  });
}

}  // namespace berth::distribution
