#include "identity/grants_api.h"

#include "access/text.h"
#include "identity/token_json.h"

namespace berth::identity {
namespace {

using access::ApiGrant;

constexpr std::size_t kMaxEntries = 256;
constexpr std::size_t kMaxVerbs = 3;

std::optional<SpaceId> find_space(std::string_view text, const http::Call& call) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto* registry = call.snapshot->registry_by_name.find(std::string(text.substr(0, slash)));
  const auto name = SpaceName::parse(text.substr(slash + 1));
  if (!registry || !name) return std::nullopt;
  const auto* space = call.snapshot->space_by_name.find(access::space_key(*registry, *name));
  const bool seen =
      space && call.decider().may(call.subject, access::Action::kSee, access::SpaceTarget{*space, std::nullopt});
  return seen ? std::optional(*space) : std::nullopt;
}

access::Verbs read_verbs(http::Fields& fields) {
  access::Verbs verbs;
  for (const auto& verb : fields.strings("verbs", kMaxVerbs)) {
    if (verb == "pull")
      verbs.pull = true;
    else if (verb == "push")
      verbs.push = true;
    else if (verb == "delete")
      verbs.remove = true;
    else
      fields.refuse("verbs", "must be some of pull, push, delete");
  }
  if (verbs == access::Verbs{}) fields.refuse("verbs", "must name at least one of pull, push, delete");
  return verbs;
}

access::SpaceGrant read_entry(http::Fields& fields, const http::Call& call) {
  access::SpaceGrant grant;
  if (const auto text = fields.optional_string("space")) {
    grant.space = find_space(*text, call);
    if (!grant.space) fields.refuse("space", access::kNotAllotted);
  }
  grant.repository = fields.optional<RepositoryPath>("repository");
  if (grant.repository && !fields.has("space")) fields.refuse("repository", "needs the space that it lies in");
  grant.verbs = read_verbs(fields);
  return grant;
}

std::optional<std::string> name_of(SpaceId id, const access::Snapshot& snapshot) {
  const auto* space = snapshot.spaces.find(id);
  const auto* registry = space ? snapshot.registries.find(space->registry) : nullptr;
  if (!registry) return std::nullopt;
  return fmt::format("{}/{}", registry->name.text(), space->name.text());
}

}  // namespace

access::Grants read_grants(http::Fields& fields, std::string_view key, const http::Call& call) {
  access::Grants grants;
  auto object = fields.object(key);
  if (!object) return grants;
  grants.api = object
                   ->optional_choice<ApiGrant>(
                       "api", {{"none", ApiGrant::kNone}, {"read", ApiGrant::kRead}, {"write", ApiGrant::kWrite}})
                   .value_or(ApiGrant::kNone);
  for (auto& entry : object->objects("spaces", kMaxEntries)) grants.spaces.push_back(read_entry(entry, call));
  return grants;
}

json::object grants_to_api(const access::Grants& grants, const access::Snapshot& snapshot) {
  json::array spaces;
  for (const auto& grant : grants.spaces) {
    json::object entry;
    if (grant.space) {
      const auto name = name_of(*grant.space, snapshot);
      if (!name) continue;
      entry["space"] = *name;
    }
    if (grant.repository) entry["repository"] = grant.repository->text();
    entry["verbs"] = json::value_from(actions_of(grant.verbs));
    spaces.push_back(std::move(entry));
  }
  return {{"api", access::to_text(grants.api)}, {"spaces", std::move(spaces)}};
}

}  // namespace berth::identity
