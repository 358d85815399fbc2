#include "base/clock.h"
#include "fuzz_support.h"

using namespace berth;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto time = parse_rfc3339(fuzz::text_of(data, size));
  if (!time) return 0;
  require(parse_rfc3339(to_rfc3339(*time)) == *time);
  require(to_http_date(*time).size() == 29);  // RFC 9110, 5.6.7: IMF-fixdate is of one length
  return 0;
}
