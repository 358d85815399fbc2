#pragma once

#include <expected>

namespace berth::net {

/// Why the bytes stopped moving. Never the peer's protocol errors: those are a Refusal.
enum class Broken {
  kClosed,   // the peer ended the stream where more was due
  kTimeout,  // it kept us waiting for longer than its Patience
  kFailed,   // reset, or TLS gone wrong
  kStopped,  // we are shutting down
};

template <class T>
using IoResult = std::expected<T, Broken>;

}  // namespace berth::net
