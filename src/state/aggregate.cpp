#include "state/aggregate.h"

namespace berth::state {
namespace {

constexpr std::pair<Aggregate, std::string_view> kNames[] = {
    {Aggregate::kUser, "user"},           {Aggregate::kGroup, "group"},
    {Aggregate::kWorkspace, "workspace"}, {Aggregate::kRegistry, "registry"},
    {Aggregate::kSpace, "space"},         {Aggregate::kNamespace, "namespace"},
    {Aggregate::kRobot, "robot"},         {Aggregate::kAccessToken, "access_token"},
    {Aggregate::kSettings, "settings"},
};

}  // namespace

std::string_view to_text(Aggregate aggregate) {
  return std::ranges::find(kNames, aggregate, &std::pair<Aggregate, std::string_view>::first)->second;
}

std::optional<Aggregate> parse_aggregate(std::string_view text) {
  const auto it = std::ranges::find(kNames, text, &std::pair<Aggregate, std::string_view>::second);
  if (it == std::end(kNames)) return std::nullopt;
  return it->first;
}

}  // namespace berth::state
