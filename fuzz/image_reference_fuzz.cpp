#include "fuzz_support.h"
#include "tenancy/image_reference.h"
#include "tenancy/uid.h"

using namespace berth;
using fuzz::require;

namespace {

void check(std::string_view text, const tenancy::ImageReference& reference) {
  const auto whole = reference.whole();
  const auto behind = reference.behind_host();
  require(whole.has_value() || (behind.has_value() && !reference.possible_host().empty()));
  for (const auto& name : {whole, behind}) {
    if (!name) continue;
    require(text.contains(name->text()));
    require(RepositoryName::parse(name->text()) == *name);
    // The name alone is a reference, too, and is read as the same name.
    const auto again = tenancy::ImageReference::parse(name->text());
    require(again.has_value() && again->whole() == *name);
  }
  const auto host = reference.possible_host();
  require(text.starts_with(host) && !host.contains('/'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  if (const auto reference = tenancy::ImageReference::parse(text)) check(text, *reference);
  if (const auto uid = tenancy::Uid::parse(text)) require(uid->text() == text && text.size() <= 128);
  return 0;
}
