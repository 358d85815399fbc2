#include "distribution/catalog_page.h"

#include "distribution/repositories.h"

namespace berth::distribution {
namespace {

using access::Action;

struct VisibleSpace {
  SpaceId id;
  std::string prefix;  // "shop/"
};

/// Of the embedded registry, in the order of whole names: "a-b/x" comes before "a/x", since '-' is less than '/'.
std::vector<VisibleSpace> visible_spaces(const Caller& caller) {
  std::vector<VisibleSpace> spaces;
  for (const auto id :
       caller.decider().visible_to(access::Subject{.who = caller.subject.who, .scope = std::nullopt}, Action::kPull)) {
    const auto* space = caller.snapshot->spaces.find(id);
    if (space && space->registry == caller.snapshot->embedded) spaces.push_back({id, space->name.text() + "/"});
  }
  std::ranges::sort(spaces, {}, &VisibleSpace::prefix);
  return spaces;
}

std::vector<std::string> of_scope(db::Connection& tx, const Caller& caller, std::string_view last, std::size_t limit) {
  std::set<std::string> names;
  for (const auto& grant : caller.subject.scope->repositories) {
    auto name = grant.repository.text();
    if (name <= last || names.contains(name)) continue;
    const auto place = find_place(*caller.snapshot, name);
    if (!place) continue;
    const auto repository = find_repository(tx, place->space, place->name.path());
    const access::SpaceTarget target{place->space, target_of(place->name.path(), repository)};
    if (repository && caller.decider().may(caller.subject, Action::kPull, target)) names.insert(std::move(name));
  }
  std::vector<std::string> page(names.begin(), names.end());
  page.resize(std::min(page.size(), limit));
  return page;
}

/// A registry token sees what its scope names; one that was issued for the catalog all that its subject may pull.
bool confined_to_scope(const Caller& caller) {
  const auto& scope = caller.subject.scope;
  return scope && !scope->catalog;
}

}  // namespace

std::vector<std::string> catalog_page(db::Connection& tx, const Caller& caller, std::string_view last,
                                      std::size_t limit) {
  if (confined_to_scope(caller)) return of_scope(tx, caller, last, limit);
  std::vector<std::string> page;
  for (const auto& space : visible_spaces(caller)) {
    if (page.size() >= limit) break;
    const bool last_is_here = last.starts_with(space.prefix);
    if (!last_is_here && space.prefix <= last) continue;  // every name in it is less than `last`
    const auto after = last_is_here ? last.substr(space.prefix.size()) : std::string_view();
    for (const auto& [name] : tx.query<std::string>(
             "SELECT name FROM repositories WHERE space_id = :space AND name > :last AND manifest_count > 0 "
             "ORDER BY name LIMIT :limit",
             space.id, after, static_cast<std::int64_t>(limit - page.size())))
      page.push_back(space.prefix + name);
  }
  return page;
}

}  // namespace berth::distribution
