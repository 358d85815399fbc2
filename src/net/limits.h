#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace berth::net {

/// What one peer, or all together, may take of us. Every wait for a peer ends by one of these.
struct Limits {
  // The head of a request. Pipelined requests queue in the same bytes: that is their bound too.
  std::size_t header_bytes = 32U << 10;  // 431 above
  std::size_t header_fields = 100;       // 431 above
  std::size_t target_bytes = 8U << 10;   // 414 above
  Duration header_time{10'000};          // from the first byte to the empty line; also the TLS handshake
  Duration idle{75'000};                 // between two requests

  // Bodies, both ways: a peer may keep us waiting for `grace` in all; bytes that move earn time back at this rate.
  Duration grace{30'000};
  std::uint64_t min_rate = 1024;  // bytes per second; 0: any byte earns the whole grace back

  // Bodies that are read whole into memory: so much of each is free, and what is more counts against all together.
  std::size_t body_free_bytes = 64U << 10;
  std::size_t bodies_bytes = 256U << 20;  // 503 above

  std::size_t connections = 20'000;  // 503 above
  std::size_t connections_per_peer =
      1'000;  // 429 above; a peer is an IPv4 address or an IPv6 /64; not for trusted proxies

  // A body that nobody will read: so much is read away to keep the connection; otherwise it is closed, after reading
  // on for a while so that the client sees our answer rather than a reset.
  std::size_t discard_bytes = 256U << 10;
  std::size_t linger_bytes = 16U << 20;
  Duration linger_time{5'000};

  // Streamed bodies use two such buffers each; when all of a loop's are out, two of 16 KiB.
  std::size_t body_buffer_bytes = 256U << 10;
  std::size_t body_buffers_per_loop = 64;
};

}  // namespace berth::net
