#pragma once

#include <functional>
#include <string>
#include <vector>

#include "distribution/tests/support/client.h"

namespace berth::integrity::testing {

using distribution::testing::Answer;
using distribution::testing::Client;

/// A way to change a registry, as a client does it in one or several requests. Each turn has bytes of its own, made of
/// `seed`, so that it neither helps nor hinders the next.
struct Operation {
  std::string name;
  /// What must be there before. Not under test.
  std::function<void(const Client&, const std::string& seed)> prepare;
  /// The first answer that is not as hoped for, or the last one.
  std::function<Answer(const Client&, const std::string& seed)> run;
  int done = 201;
  /// "before" or "after"; anything else is half of both.
  std::function<std::string(const Client&, const std::string& seed)> state;

  friend void PrintTo(const Operation& operation, std::ostream* out) { *out << operation.name; }
};

/// Every kind of push, mount, move and deletion.
[[nodiscard]] const std::vector<Operation>& operations();

}  // namespace berth::integrity::testing
