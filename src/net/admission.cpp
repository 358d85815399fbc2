#include "net/admission.h"

namespace berth::net {

std::expected<Admission::Ticket, Admission::Refused> Admission::enter(const std::string& peer) {
  const std::lock_guard lock(mutex_);
  if (total_ >= total_limit_) return std::unexpected(Refused::kTotal);
  if (!peer.empty()) {
    auto& count = peers_[peer];
    if (count >= peer_limit_) return std::unexpected(Refused::kPeer);
    ++count;
  }
  ++total_;
  return Ticket(*this, peer);
}

void Admission::leave(const std::string& peer) {
  const std::lock_guard lock(mutex_);
  --total_;
  if (peer.empty()) return;
  const auto found = peers_.find(peer);
  if (--found->second == 0) peers_.erase(found);
}

}  // namespace berth::net
