#pragma once

#include "base/error.h"

namespace berth::net {

/// What we answer to a request that never reaches the core's routes.
struct Refusal {
  Error error;

  static Refusal of(Fault fault, std::string message) { return {Error::of(fault, std::move(message))}; }
  static Refusal bad_request(std::string message) { return of(Fault::kInvalid, std::move(message)); }
};

}  // namespace berth::net
