#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace berth::tenancy {

/// The strong entity tag of a row at a version: "7", with its quotes.
[[nodiscard]] std::string etag_of(std::int64_t version);

/// What a change demands of the version that it meets (RFC 9110, 13.1.1): nothing, that there is one, or one of a list.
class IfMatch {
 public:
  /// Nothing is demanded.
  IfMatch() = default;
  /// Of the If-Match field. Strong comparison: a weak tag, and one that we never gave, matches nothing.
  explicit IfMatch(std::optional<std::string_view> field) {
    if (field) field_ = std::string(*field);
  }

  /// kPreconditionFailed when `version` is not what the caller has seen.
  [[nodiscard]] Result<void> check(std::int64_t version) const { return check(etag_of(version)); }
  [[nodiscard]] Result<void> check(std::string_view etag) const;

 private:
  std::optional<std::string> field_;
};

}  // namespace berth::tenancy
