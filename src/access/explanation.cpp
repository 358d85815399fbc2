#include "access/decision.h"

namespace berth::access {
namespace {

/// Whether someone may see everything that a step names.
class Sight {
 public:
  Sight(const Snapshot& snapshot, Time now, const Subject& reader) : decision_(snapshot, now, reader) {}

  bool covers(const Step& step) {
    return std::ranges::all_of(step.names, [&](const Named& named) { return std::visit(*this, named); });
  }
  bool operator()(PlatformTarget) { return decision_.allows(Action::kAudit, PlatformTarget{}); }
  bool operator()(WorkspaceId id) { return decision_.allows(Action::kSeeWorkspace, id); }
  bool operator()(NamespaceId id) { return decision_.allows(Action::kSeeNamespace, id); }
  bool operator()(RegistryId id) { return decision_.allows(Action::kSeeRegistry, id); }
  bool operator()(SpaceId id) { return decision_.allows(Action::kSee, SpaceTarget{id, std::nullopt}); }

 private:
  Decision decision_;
};

/// The steps that `kept` holds for, and in the place of all others one sentence.
template <class Kept>
Explanation without_hidden(Explanation explanation, Kept&& kept) {
  const auto hidden = std::erase_if(explanation.steps, [&](const Step& step) { return !kept(step); });
  if (hidden > 0) explanation.steps.push_back({.holds = explanation.allowed, .text = std::string(kNotAllotted)});
  return explanation;
}

}  // namespace

Explanation Decider::explain(const Subject& who, Action action, const Target& what) const {
  Explanation explanation;
  explanation.allowed = Decision(snapshot_, now_, who, Trace(explanation.steps)).allows(action, what);
  Sight own(snapshot_, now_, who);
  for (auto& step : explanation.steps) step.administrators_only = !own.covers(step);
  return explanation;
}

Explanation Decider::explain_to(const Subject& reader, const Subject& who, Action action, const Target& what) const {
  Sight readers(snapshot_, now_, reader);
  return without_hidden(explain(who, action, what), [&](const Step& step) { return readers.covers(step); });
}

Explanation for_tenant(Explanation explanation) {
  return without_hidden(std::move(explanation), [](const Step& step) { return !step.administrators_only; });
}

}  // namespace berth::access
