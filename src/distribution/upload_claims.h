#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>

namespace berth::distribution {

/// Which uploads have a request at work in this process: one at a time each. Any thread; outlives its claims.
class UploadClaims {
 public:
  /// Held while a request works on the upload; gives it back when it dies.
  class Claim {
   public:
    Claim(UploadClaims& owner, std::string id) : owner_(&owner), id_(std::move(id)) {}
    Claim(Claim&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), id_(std::move(other.id_)) {}
    Claim& operator=(Claim&&) = delete;
    ~Claim() {
      if (owner_) owner_->release(id_);
    }

   private:
    UploadClaims* owner_;
    std::string id_;
  };

  /// nullopt while another request has it.
  [[nodiscard]] std::optional<Claim> take(const std::string& id) {
    const std::lock_guard lock(mutex_);
    if (!busy_.insert(id).second) return std::nullopt;
    return Claim(*this, id);
  }

 private:
  void release(const std::string& id) {
    const std::lock_guard lock(mutex_);
    busy_.erase(id);
  }

  std::mutex mutex_;
  std::unordered_set<std::string> busy_;
};

}  // namespace berth::distribution
