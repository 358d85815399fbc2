#pragma once

#include "base/error.h"

namespace berth::net {

/// What we answer to a request that never reaches the core's routes.
struct Refusal {
  Error error;
  int status = 0;  // where HTTP wants another than the fault's own: 408, 417, 501, 505; 0: the fault's

  static Refusal of(Fault fault, std::string message, int status = 0) {
    return {Error::of(fault, std::move(message)), status};
  }
  static Refusal bad_request(std::string message) { return of(Fault::kInvalid, std::move(message)); }
};

}  // namespace berth::net
