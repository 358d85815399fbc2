#include "access/decision.h"

namespace berth::access {
namespace {

/// What someone may be told of.
class Sight {
 public:
  Sight(const Snapshot& snapshot, Time now, const Subject& reader) : decision_(snapshot, now, reader) {}

  bool covers(const Step& step) {
    return std::ranges::all_of(step.names, [&](const Named& named) { return sees(named); });
  }

  /// `what`, with an id that nothing has in the place of each that the reader may not see: so both get the same answer.
  Target reduced(const Target& what) {
    auto seen = what;
    std::visit([&](auto& target) { reduce(target); }, seen);
    return seen;
  }

 private:
  bool sees(const Named& named) {
    return std::visit([&](auto thing) { return sees_thing(thing); }, named);
  }
  bool sees_thing(PlatformTarget) { return decision_.allows(Action::kAudit, PlatformTarget{}); }
  bool sees_thing(RegistryId id) { return decision_.allows(Action::kSeeRegistry, id); }
  bool sees_thing(SpaceId id) {
    const SpaceTarget space{id, std::nullopt};
    return decision_.allows(Action::kSee, space) || decision_.allows(Action::kPull, space);
  }
  // A pull credential has no business in the API, but knows where it stands.
  bool sees_thing(NamespaceId id) {
    const auto* own = decision_.asker().name_space;
    return own ? own->id == id : decision_.allows(Action::kSeeNamespace, id);
  }
  bool sees_thing(WorkspaceId id) {
    const auto* own = decision_.asker().name_space;
    return own ? own->workspace == id : decision_.allows(Action::kSeeWorkspace, id);
  }

  void reduce(PlatformTarget&) {}
  void reduce(SpaceTarget& target) { reduce(target.space); }
  void reduce(BindTarget& target) { reduce(target.space), reduce(target.workspace); }
  void reduce(ClaimTarget& target) { reduce(target.name), reduce(target.workspace); }
  template <class Tag>
  void reduce(Id<Tag>& id) {
    if (!sees_thing(id)) id = {};
  }

  Decision decision_;
};

/// The steps that `kept` holds for. A refusal that loses some gets one sentence for all of them.
template <class Kept>
Explanation without_hidden(Explanation explanation, Kept&& kept) {
  const auto hidden = std::erase_if(explanation.steps, [&](const Step& step) { return !kept(step); });
  if (hidden > 0 && !explanation.allowed)
    explanation.steps.push_back({.holds = false, .text = std::string(kNotAllotted)});
  return explanation;
}

/// A workspace comes up twice when someone is in it personally and by a group.
void drop_repetitions(std::vector<Step>& steps) {
  std::set<std::string> said;
  std::erase_if(steps, [&](const Step& step) { return !said.insert(step.text).second; });
}

}  // namespace

Explanation Decider::explain(const Subject& who, Action action, const Target& what) const {
  Explanation explanation;
  explanation.allowed = Decision(snapshot_, now_, who, Trace(explanation.steps)).allows(action, what);
  drop_repetitions(explanation.steps);
  Sight own(snapshot_, now_, who);
  for (auto& step : explanation.steps) step.administrators_only = !own.covers(step);
  return explanation;
}

Explanation Decider::explain_to(const Subject& reader, const Subject& who, Action action, const Target& what) const {
  Sight readers(snapshot_, now_, reader);
  return without_hidden(explain(who, action, readers.reduced(what)),
                        [&](const Step& step) { return readers.covers(step); });
}

Explanation for_tenant(Explanation explanation) {
  return without_hidden(std::move(explanation), [](const Step& step) { return !step.administrators_only; });
}

}  // namespace berth::access
