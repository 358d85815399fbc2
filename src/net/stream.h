#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <span>

namespace berth::net {

/// What one non-blocking attempt came to.
struct Attempt {
  enum class Kind { kMoved, kWantRead, kWantWrite, kEnd, kFailed };
  Kind kind;
  std::size_t bytes = 0;  // with kMoved

  static Attempt moved(std::size_t bytes) { return {Kind::kMoved, bytes}; }
  static Attempt of(Kind kind) { return {kind, 0}; }
};

enum class More : bool { kNo, kYes };  // kYes: another write follows at once; do not send a short packet

/// Bytes over a connected, non-blocking socket that it does not own. Nothing here waits: a Transport does, and tries
/// again. One thread at a time.
class Stream {
 public:
  virtual ~Stream() = default;
  /// kMoved when done.
  virtual Attempt try_handshake() = 0;
  virtual Attempt try_read(std::span<char> into) = 0;
  virtual Attempt try_write(std::span<const iovec> parts, More more) = 0;
  /// Sends at most `length` bytes of the file; kEnd where the file is shorter than that.
  virtual Attempt try_send_file(int file, std::uint64_t offset, std::size_t length) = 0;
  /// Bytes that have left the socket but were not read yet.
  [[nodiscard]] virtual bool has_pending() const = 0;
  /// Tells the peer that nothing follows, if the socket takes it now.
  virtual void say_goodbye() = 0;
};

[[nodiscard]] std::unique_ptr<Stream> make_plain_stream(int socket);

}  // namespace berth::net
