#include "integrity/object_copy.h"

#include "base/random.h"

namespace berth::integrity {
namespace {

// Each holds a file open; and what is not yet committed is copied again after a crash.
constexpr std::size_t kTogether = 512;
constexpr std::uint64_t kTogetherBytes = 256U << 20;

}  // namespace

ObjectCopier::~ObjectCopier() {
  for (const auto& arrival : arrived_) arrival.session->cancel();
}

Result<Copied> ObjectCopier::copy(const blob::ObjectName& name, std::uint64_t size) {
  if (to_.size(name) == size) return Copied::kThere;
  auto session = to_.begin(random_uuid());
  if (!session) return fail(session.error());
  Result<void> appended;
  const auto verdict = verify(from_, name, size, [&](std::string_view piece) {
    appended = (*session)->append(piece);
    return appended.has_value();
  });
  if (verdict.ended || verdict.damage) {
    (*session)->cancel();
    if (!appended) return fail(appended.error());
    return Copied::kDamaged;
  }
  arrived_.push_back({std::move(*session), name});
  arrived_bytes_ += size;
  if (arrived_.size() >= kTogether || arrived_bytes_ >= kTogetherBytes)
    if (auto committed = commit(); !committed) return fail(committed.error());
  return Copied::kCopied;
}

Result<void> ObjectCopier::commit() {
  if (auto committed = to_.commit_together(arrived_); !committed) return committed;
  arrived_.clear();
  arrived_bytes_ = 0;
  return {};
}

Result<void> ObjectCopier::finish() {
  if (auto committed = commit(); !committed) return committed;
  return to_.settle();
}

}  // namespace berth::integrity
