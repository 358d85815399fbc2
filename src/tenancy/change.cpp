#include "tenancy/change.h"

namespace berth::tenancy {
namespace {

std::optional<std::string> text_of(const json::value& state) {
  if (state.is_null()) return std::nullopt;
  return json::serialize(state);
}

}  // namespace

void Changes::touch(state::Aggregate aggregate, std::int64_t id) {
  if (!touched_.emplace(aggregate, id).second) return;
  if (touched_.size() == 1)
    state::touch(tx_, snapshots_, aggregate, id);
  else
    pending_.push_back({aggregate, id});
}

void Changes::flush() {
  state::touch(tx_, snapshots_, pending_);
  pending_.clear();
}

void Changes::record(const Change& change) {
  events::audit(tx_, asking_.now, asking_.actor,
                {.action = fmt::format("{}.{}", change.kind, change.verb.action),
                 .target_kind = std::string(change.kind),
                 .target_id = change.id,
                 .target_name = change.name,
                 .workspace = change.workspace,
                 .before = text_of(change.before),
                 .after = text_of(change.after)});
  const json::object data{{"name", change.name}, {"before", change.before}, {"after", change.after}};
  events::append(tx_, asking_.now,
                 {.type = fmt::format("dev.berth.{}.{}", change.kind, change.verb.past),
                  .subject = change.name,
                  .space = change.space,
                  .workspace = change.workspace,
                  .data = json::serialize(data)});
}

Error key_taken(std::string_view taken) {
  return Error::conflict(std::string(taken));
}

Error overtaken() {
  return Error::conflict("something that this needs was changed at the same moment; look again");
}

}  // namespace berth::tenancy
