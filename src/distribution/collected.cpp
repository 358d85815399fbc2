#include "distribution/collected.h"

#include "base/json.h"

namespace berth::distribution {
namespace {

struct Field {
  std::string_view name;
  std::int64_t Collected::* value;
};
constexpr std::array<Field, 8> kFields{{{"reviewed", &Collected::reviewed},
                                        {"manifests_removed", &Collected::manifests},
                                        {"links_removed", &Collected::links},
                                        {"blobs_condemned", &Collected::condemned},
                                        {"objects_removed", &Collected::objects},
                                        {"bytes_freed", &Collected::bytes},
                                        {"orphans_found", &Collected::orphans},
                                        {"failures", &Collected::failures}}};

}  // namespace

Collected& Collected::operator+=(const Collected& other) {
  for (const auto& field : kFields) this->*field.value += other.*field.value;
  return *this;
}

std::string to_text(const Collected& collected) {
  json::object object;
  for (const auto& field : kFields) object[field.name] = collected.*field.value;
  return json::serialize(object);
}

Collected parse_collected(std::string_view text) {
  Collected collected;
  const auto document = parse_json(text);
  if (!document) return collected;
  for (const auto& field : kFields)
    if (const auto* value = find(*document, field.name); value && value->is_int64())
      collected.*field.value = value->as_int64();
  return collected;
}

}  // namespace berth::distribution
