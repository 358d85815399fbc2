#include "access/grants_json.h"

#include "access/text.h"

namespace berth::access {
namespace {

constexpr std::size_t kMaxEntries = 256;

json::array verbs_to_json(const Verbs& verbs) {
  json::array all;
  if (verbs.pull) all.emplace_back("pull");
  if (verbs.push) all.emplace_back("push");
  if (verbs.remove) all.emplace_back("delete");
  return all;
}

/// Reads one document and gathers everything that is wrong with it.
class Reader {
 public:
  Grants read(const json::value& document) {
    Grants grants;
    if (!known_members(document, "", {"api", "spaces"})) return grants;
    const auto& object = document.as_object();
    if (const auto* api = object.if_contains("api")) grants.api = read_api(*api);
    const auto* spaces = object.if_contains("spaces");
    if (!spaces) return grants;
    const auto* list = spaces->if_array();
    if (!list || list->size() > kMaxEntries) {
      wrong("spaces", fmt::format("must be a list of at most {} entries", kMaxEntries));
      return grants;
    }
    for (std::size_t i = 0; i < list->size(); ++i)
      grants.spaces.push_back(read_entry((*list)[i], fmt::format("spaces[{}]", i)));
    return grants;
  }

  std::vector<std::string> mistakes;

 private:
  void wrong(std::string_view where, std::string_view what) {
    mistakes.push_back(where.empty() ? std::string(what) : fmt::format("{}: {}", where, what));
  }

  bool known_members(const json::value& value, const std::string& where,
                     std::initializer_list<std::string_view> known) {
    const auto* object = value.if_object();
    if (!object) {
      wrong(where, "must be an object");
      return false;
    }
    for (const auto& member : *object) {
      const std::string_view key(member.key().data(), member.key().size());
      if (std::ranges::find(known, key) == known.end()) wrong(where, fmt::format("unknown member '{}'", key));
    }
    return true;
  }

  ApiGrant read_api(const json::value& value) {
    const auto* text = value.if_string();
    auto api = parse<ApiGrant>(text ? std::string_view(*text) : "");
    if (!api) wrong("api", api.error().message);
    return api.value_or(ApiGrant::kNone);
  }

  SpaceGrant read_entry(const json::value& value, const std::string& where) {
    SpaceGrant grant;
    if (!known_members(value, where, {"space", "repository", "verbs"})) return grant;
    const auto& object = value.as_object();
    if (const auto* space = object.if_contains("space")) read_space(*space, where, grant);
    if (const auto* repository = object.if_contains("repository")) read_repository(*repository, where, grant);
    if (grant.repository && !grant.space) wrong(where, "a repository needs the space that it lies in");
    read_verbs(object.if_contains("verbs"), where + ".verbs", grant.verbs);
    return grant;
  }

  void read_space(const json::value& value, const std::string& where, SpaceGrant& grant) {
    const auto* id = value.if_int64();
    grant.space = SpaceId(id ? *id : 0);
    if (!id || *id <= 0) wrong(where + ".space", "must be a space's id");
  }

  void read_repository(const json::value& value, const std::string& where, SpaceGrant& grant) {
    const auto* text = value.if_string();
    auto path = RepositoryPath::parse(text ? std::string_view(*text) : "");
    if (!path) return wrong(where + ".repository", path.error().message);
    grant.repository = std::move(*path);
  }

  void read_verbs(const json::value* value, const std::string& where, Verbs& verbs) {
    const auto* list = value ? value->if_array() : nullptr;
    if (!list || list->empty()) return wrong(where, "must list at least one of pull, push, delete");
    for (const auto& item : *list) {
      const auto* text = item.if_string();
      const auto verb = text ? std::string_view(*text) : "";
      if (verb == "pull")
        verbs.pull = true;
      else if (verb == "push")
        verbs.push = true;
      else if (verb == "delete")
        verbs.remove = true;
      else
        wrong(where, "must list only pull, push, delete");
    }
  }
};

}  // namespace

json::value to_json(const Grants& grants) {
  json::array spaces;
  for (const auto& grant : grants.spaces) {
    json::object entry;
    if (grant.space) entry["space"] = grant.space->value();
    if (grant.repository) entry["repository"] = grant.repository->text();
    entry["verbs"] = verbs_to_json(grant.verbs);
    spaces.push_back(std::move(entry));
  }
  return json::object{{"api", json::string(to_text(grants.api))}, {"spaces", std::move(spaces)}};
}

std::string to_json_text(const Grants& grants) {
  return json::serialize(to_json(grants));
}

Result<Grants> parse_grants(const json::value& document) {
  Reader reader;
  auto grants = reader.read(document);
  if (reader.mistakes.empty()) return grants;
  auto error = Error::invalid("the grants are not valid");
  error.subjects = std::move(reader.mistakes);
  return fail(std::move(error));
}

Result<Grants> parse_grants(std::string_view text) {
  auto document = parse_json(text);
  if (!document) return fail(document.error());
  return parse_grants(*document);
}

}  // namespace berth::access
