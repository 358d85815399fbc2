#include "tenancy/in_the_way.h"

namespace berth::tenancy {
namespace {
constexpr std::int64_t kNamed = 10;

std::int64_t total(db::Connection& tx, std::string_view from, std::int64_t id) {
  return std::get<0>(tx.one<std::int64_t>(fmt::format("SELECT COUNT(*) FROM {}", from), id).value());
}

}  // namespace

void InTheWay::look(std::string_view what, std::string_view name, std::string_view from, std::int64_t id) {
  const auto first =
      tx_.query<std::string>(fmt::format("SELECT {} AS name FROM {} ORDER BY name LIMIT {}", name, from, kNamed), id);
  for (const auto& [text] : first) subjects_.push_back(fmt::format("{} {}", what, text));
  if (std::ssize(first) < kNamed) return;
  if (const auto more = total(tx_, from, id) - kNamed; more > 0)
    subjects_.push_back(fmt::format("{}: {} more", what, more));
}

void InTheWay::count(std::string_view what, std::string_view from, std::int64_t id) {
  if (const auto all = total(tx_, from, id); all > 0) subjects_.push_back(fmt::format("{} {}", all, what));
}

}  // namespace berth::tenancy
