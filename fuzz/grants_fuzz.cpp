#include "access/grants_json.h"
#include "fuzz_support.h"

using namespace berth;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto grants = access::parse_grants(fuzz::text_of(data, size));
  if (!grants) return 0;
  require(grants->spaces.size() <= 256);
  for (const auto& grant : grants->spaces) {
    require(grant.verbs != access::Verbs{} && (!grant.space || grant.space->value() > 0));
    require(!grant.repository || (grant.space && RepositoryPath::parse(grant.repository->text())));
  }
  const auto text = access::to_json_text(*grants);
  const auto again = access::parse_grants(text);
  require(again && access::to_json_text(*again) == text);
  return 0;
}
