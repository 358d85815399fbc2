#include "app/addresses.h"
#include "app/config.h"
#include "fuzz_support.h"

using namespace berth;
using fuzz::require;

namespace {

void check(const app::Config& config) {
  require(config.token_lifetime >= std::chrono::seconds(60) && config.token_lifetime <= std::chrono::hours(1));
  require(config.header_timeout >= Duration(100) && config.drain_timeout >= Duration(0));
  require(config.database_connections >= 2 && config.minimum_rate >= 1 && config.max_connections >= 1);
  require(config.log_format == "text" || config.log_format == "json");
}

}  // namespace

/// A configuration file; the whole is an address and a list, too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const auto assignments = app::parse_config("berth.yaml", std::string(text));
  if (assignments) {
    const auto config = app::load_config(*assignments);
    if (config) check(*config);
    if (!config) require(!config.error().subjects.empty());
  }
  for (const auto& part : app::split_list(text)) require(!part.empty() && !part.contains(','));
  if (const auto address = app::parse_listen_address(text)) require(!address->host.empty());
  return 0;
}
