#include "catalog/image_config.h"
#include "fuzz_support.h"

using namespace berth;
using fuzz::require;

/// The first byte is the number of layers, the rest the configuration that somebody pushed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Parts parts(fuzz::text_of(data, size));
  const auto layers = parts.choose(8);
  const auto document = parse_json(parts.rest());
  if (!document) return 0;
  const auto config = catalog::read_image_config(*document);
  const auto origins = catalog::origins(config, layers);
  require(origins.size() == layers);
  std::size_t told = 0;
  for (const auto& origin : origins) {
    told += origin.before.size() + origin.step.has_value();
    require(!origin.step || !origin.step->empty_layer);
    require(origin.step || origin.before.empty());
  }
  require(told <= config.history.size());
  for (const auto& label : config.labels) require(label.value().is_string());
  return 0;
}
