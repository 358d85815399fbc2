#include "cli/references.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "cli/human.h"

namespace berth::cli {
namespace {

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = std::min(text.find(at), text.size());
    parts.emplace_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string label_of(const json::value& item, std::string_view label) {
  std::string out;
  for (const auto& field : split(label, '/')) {
    if (!out.empty()) out += '/';
    out += find_string(item, field).value_or("");
  }
  return out;
}

}  // namespace

Outcome<std::vector<std::string>> parse_names(std::string_view text) {
  auto names = split(text, ',');
  if (std::ranges::any_of(names, &std::string::empty))
    return fail(kUsage, fmt::format("'{}' is no list of names: write a,b", text));
  return names;
}

Outcome<SpaceText> parse_space(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos && !text.empty()) return SpaceText{std::nullopt, std::string(text)};
  SpaceText space{std::string(text.substr(0, std::min(slash, text.size()))), ""};
  if (slash != std::string_view::npos) space.space = text.substr(slash + 1);
  if (space.registry->empty() || space.space.empty() || space.space.contains('/'))
    return fail(kUsage, fmt::format("'{}' is no space: write SPACE or REGISTRY/SPACE", text));
  return space;
}

Outcome<ImageText> parse_image(std::string_view text, std::string_view own_host) {
  auto rest = text;
  if (const auto host = rest.substr(0, rest.find('/'));
      equal_ignoring_case(host, own_host) && host.size() < rest.size())
    rest.remove_prefix(host.size() + 1);
  ImageText image;
  if (const auto at = rest.find('@'); at != std::string_view::npos) {
    image.reference = rest.substr(at + 1);
    rest = rest.substr(0, at);
  }
  const auto slash = rest.find('/');
  if (const auto colon = rest.rfind(':'); colon != std::string_view::npos && slash < colon) {
    if (image.reference.empty()) image.reference = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
  }
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == rest.size())
    return fail(kUsage, fmt::format("'{}' is no image: write SPACE/REPOSITORY, with :TAG or @DIGEST behind it", text));
  image.space = rest.substr(0, slash);
  image.repository = rest.substr(slash + 1);
  return image;
}

MemberText parse_member(std::string_view text) {
  if (text.starts_with("group:")) return {"group", std::string(text.substr(6))};
  if (text.starts_with("user:")) text.remove_prefix(5);
  return {"user", std::string(text)};
}

Outcome<GrantText> parse_grant(std::string_view text) {
  const auto colon = text.find(':');
  const auto place = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  auto verbs = parse_names(text.substr(0, std::min(colon, text.size())));
  if (place.empty() || !verbs)
    return fail(kUsage,
                fmt::format("'{}' is no grant: write VERBS:SPACE[/REPOSITORY] as in pull,push:library/web", text));
  if (place == "*") return GrantText{std::move(*verbs), "", ""};
  const auto slash = std::min(place.find('/'), place.size());
  return GrantText{std::move(*verbs), std::string(place.substr(0, slash)),
                   std::string(place.substr(std::min(slash + 1, place.size())))};
}

Outcome<std::string> find_item(const json::array& items, std::string_view text, std::string_view label) {
  std::vector<std::string> ids;
  for (const auto& item : items) {
    auto id = std::to_string(find_int(item, "id").value_or(0));
    const auto name = label_of(item, label);
    if (name == text) return id;
    if (name.ends_with(fmt::format("+{}", text)) || id == text) ids.push_back(id);
  }
  if (ids.size() == 1) return ids.front();
  if (ids.empty())
    return fail(kRefused, fmt::format("there is no {} here, or it is not yours to see", printable(text)));
  return fail(Failure{kUsage, fmt::format("{} may be several: name it by its id", printable(text)), ids});
}

}  // namespace berth::cli
