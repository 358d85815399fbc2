#include "distribution/changes.h"

namespace berth::distribution {

void note(db::Connection& tx, const Caller& caller, const Place& place, std::optional<WorkspaceId> home,
          ContentChange change) {
  if (!change.action.empty()) {
    const auto kind = change.action.substr(0, change.action.find('.'));
    auto state = json::serialize(change.data);
    events::audit(tx, caller.now, caller.actor,
                  {.action = std::string(change.action),
                   .target_kind = std::string(kind),
                   .target_id = std::nullopt,
                   .target_name = change.subject,
                   .workspace = home,
                   .before = change.removal ? std::optional(state) : std::nullopt,
                   .after = change.removal ? std::nullopt : std::optional(state)});
  }
  if (change.event.empty()) return;
  change.data["repository"] = place.name.text();
  change.data["actor"] = caller.actor.name;
  events::append(tx, caller.now,
                 {.type = fmt::format("dev.berth.{}", change.event),
                  .subject = std::move(change.subject),
                  .space = place.space,
                  .workspace = home,
                  .data = json::serialize(change.data)});
}

}  // namespace berth::distribution
