#include "tenancy/if_match.h"

#include <fmt/format.h>

namespace berth::tenancy {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Our tags hold no commas, so that cutting at commas finds each of them in any list.
bool lists(std::string_view field, std::string_view etag) {
  while (true) {
    const auto comma = field.find(',');
    if (trimmed(field.substr(0, comma)) == etag) return true;
    if (comma == std::string_view::npos) return false;
    field.remove_prefix(comma + 1);
  }
}

}  // namespace

std::string etag_of(std::int64_t version) {
  return fmt::format("\"{}\"", version);
}

Result<void> IfMatch::check(std::string_view etag) const {
  if (!field_ || trimmed(*field_) == "*" || lists(*field_, etag)) return {};
  return fail(Fault::kPreconditionFailed, "it was changed since you read it: read it again");
}

}  // namespace berth::tenancy
