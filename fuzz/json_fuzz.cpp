#include "base/json.h"
#include "fuzz_support.h"

using namespace berth;
using fuzz::require;

namespace {

constexpr JsonLimits kTight{.bytes = 4096, .depth = 6, .values = 100};

struct Size {
  std::size_t depth = 0;
  std::size_t values = 0;
  bool fractions = false;
};

Size measure(const json::value& value) {
  Size size{.depth = 0, .values = 1, .fractions = value.is_double()};
  const auto add = [&size](const json::value& inner) {
    const auto more = measure(inner);
    size.depth = std::max(size.depth, more.depth);
    size.values += more.values;
    size.fractions |= more.fractions;
  };
  if (const auto* array = value.if_array()) std::ranges::for_each(*array, add);
  if (const auto* object = value.if_object())
    for (const auto& member : *object) add(member.value());
  if (value.is_structured()) ++size.depth;
  return size;
}

void check(const json::value& value, const JsonLimits& limits) {
  const auto size = measure(value);
  require(size.depth <= limits.depth && size.values <= limits.values);
  // What we write is what we read, but for fractions: Boost.JSON reads them one bit off, and we use none.
  if (!size.fractions) require(parse_json(json::serialize(value)).value() == value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const auto loose = parse_json(text);
  const auto tight = parse_json(text, kTight);
  if (loose) check(*loose, {});
  if (tight) check(*tight, kTight);
  require(loose.has_value() || !tight.has_value());  // the tighter limits let nothing through that the others do not
  if (loose && tight) require(*loose == *tight);
  if (size > kTight.bytes) require(!tight);
  return 0;
}
