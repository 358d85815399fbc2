#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "blob/blob_store.h"

namespace berth::blob {

/// The objects read last, kept open: a warm read costs no system call. Bounded; the one unused longest goes first.
/// A descriptor lives on with whoever still streams from it. Any thread may call any method.
class OpenFiles {
 public:
  struct Opened {
    std::shared_ptr<const File> file;
    std::uint64_t size = 0;
  };
  /// A moment in the sequence of forget() calls.
  using Moment = std::uint64_t;

  explicit OpenFiles(std::size_t capacity) : capacity_(capacity) {}

  std::optional<Opened> find(const ObjectName& name);
  [[nodiscard]] Moment now() const;
  /// Keeps what was opened after `since`, unless anything was forgotten meanwhile: it might be that.
  void keep(const ObjectName& name, Opened opened, Moment since);
  void forget(const ObjectName& name);

 private:
  struct Entry {
    ObjectName name;
    Opened opened;
  };
  struct Hash {
    std::size_t operator()(const ObjectName& name) const noexcept {
      return std::hash<Digest>{}(name.digest) ^ std::hash<std::int64_t>{}(name.generation);
    }
  };

  const std::size_t capacity_;
  mutable std::mutex guard_;
  Moment moment_ = 0;
  std::list<Entry> recent_;  // the last used in front
  std::unordered_map<ObjectName, std::list<Entry>::iterator, Hash> by_name_;
};

}  // namespace berth::blob
