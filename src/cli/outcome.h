#pragma once

#include <expected>
#include <string>
#include <vector>

namespace berth::cli {

/// Exit statuses (docs/cli.md).
enum Status : int { kDone = 0, kRefused = 1, kUsage = 2, kUnreachable = 3, kNotLoggedIn = 4 };

/// Why a command did not do what was asked. Printed on stderr: the message, and each subject on a line of its own.
struct Failure {
  Status status = kRefused;
  std::string message;
  std::vector<std::string> subjects;
};

template <class T>
using Outcome = std::expected<T, Failure>;

/// `return fail(kUsage, "…");`
[[nodiscard]] inline std::unexpected<Failure> fail(Status status, std::string message) {
  return std::unexpected(Failure{status, std::move(message), {}});
}
[[nodiscard]] inline std::unexpected<Failure> fail(Failure failure) {
  return std::unexpected(std::move(failure));
}

}  // namespace berth::cli
