#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "net/asio.h"
#include "net/deadline.h"
#include "net/io_result.h"
#include "net/metrics.h"
#include "net/patience.h"
#include "net/stream.h"
#include "net/tls_context.h"

namespace berth::net {

/// Up to sixteen pieces of memory that go out in one call. Does not own them.
class Gather {
 public:
  [[nodiscard]] bool full() const { return end_ == parts_.size(); }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] std::span<const iovec> parts() const { return {parts_.data() + begin_, end_ - begin_}; }
  void add(std::string_view bytes);  // not when full
  void advance(std::size_t bytes);

 private:
  std::array<iovec, 16> parts_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

/// A connection's bytes: tries, and where the socket is not ready waits, within the peer's Patience. Owns the socket.
/// Loop thread only. After any Broken it is of no further use, except after kTimeout and kClosed for a last answer.
class Transport {
 public:
  /// Plain without `tls`.
  Transport(TcpSocket socket, const TlsContext* tls, Metrics& metrics);

  Task<IoResult<void>> handshake(Patience& patience);
  /// Until a read would bring something, without holding a buffer for it.
  Task<IoResult<void>> wait_readable(Patience& patience);
  /// 0 at the end of the stream.
  Task<IoResult<std::size_t>> read_some(std::span<char> into, Patience& patience);
  /// Reads what is there already; 0 when that is nothing.
  [[nodiscard]] std::size_t read_ready(std::span<char> into);
  /// Sends what goes without waiting; true when that is all. What is left is for write_all(), which also tells why.
  [[nodiscard]] bool write_ready(Gather& gather, More more);
  Task<IoResult<void>> write_all(Gather& gather, More more, Patience& patience);
  /// At most one slice; how much went out. kClosed where the file is shorter than it should be.
  Task<IoResult<std::size_t>> send_file_slice(int file, std::uint64_t offset, std::size_t length, Patience& patience);
  /// After wait_readable(), before the handshake: the peer begins as HTTP does, and TLS never (RFC 8446, 5.1: a
  /// record's first byte is its type, 20 to 24).
  [[nodiscard]] bool begins_in_plain_text() const;
  /// Past the stream, one attempt: the last word to a peer that does not speak TLS.
  void send_plain(std::string_view bytes);
  /// Ends our side, then reads and forgets for a while: what a peer that is still sending needs to see our answer.
  Task<> linger(const Limits& limits);
  /// Ends our side without waiting for anything.
  void finish();
  /// What was not read yet is dropped when the connection goes: a peer that does not read must not keep megabytes of
  /// the kernel's memory after we have given it up.
  void give_up();
  /// Ends the present wait and every later one with kStopped.
  void stop();
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  Task<IoResult<void>> wait(Attempt::Kind want, Patience& patience);

  TcpSocket socket_;
  std::unique_ptr<Stream> stream_;
  Deadline deadline_;
  Metrics& metrics_;
  bool stopped_ = false;
};

}  // namespace berth::net
