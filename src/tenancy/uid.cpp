#include "tenancy/uid.h"

namespace berth::tenancy {

Result<void> UidGrammar::check(std::string_view text) {
  const bool fits = !text.empty() && text.size() <= 128 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (fits) return {};
  return fail(Fault::kInvalid, "a UID has 1 to 128 letters, digits and '-'");
}

}  // namespace berth::tenancy
