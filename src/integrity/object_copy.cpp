#include "integrity/object_copy.h"

#include "base/random.h"

namespace berth::integrity {

Result<Copied> copy_object(blob::BlobStore& from, blob::BlobStore& to, const blob::ObjectName& name,
                           std::uint64_t size) {
  if (to.size(name) == size) return Copied::kThere;
  auto session = to.begin(random_uuid());
  if (!session) return fail(session.error());
  Result<void> appended;
  const auto verdict = verify(from, name, size, [&](std::string_view piece) {
    appended = (*session)->append(piece);
    return appended.has_value();
  });
  if (verdict.ended || verdict.damage) {
    (*session)->cancel();
    if (!appended) return fail(appended.error());
    return Copied::kDamaged;
  }
  if (auto committed = (*session)->commit(name); !committed) {
    (*session)->cancel();
    return fail(committed.error());
  }
  return Copied::kCopied;
}

}  // namespace berth::integrity
