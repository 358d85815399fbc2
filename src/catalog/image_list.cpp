#include "catalog/image_list.h"

#include <charconv>

namespace berth::catalog {
namespace {

constexpr std::size_t kCachedSets = 256;

std::string cache_key(const access::Subject& asker, const Viewer& viewer) {
  struct Name {
    std::string operator()(std::monostate) const { return "own"; }
    std::string operator()(WorkspaceId id) const { return fmt::format("workspace {}", id.value()); }
    std::string operator()(NamespaceId id) const { return fmt::format("namespace {}", id.value()); }
  };
  return access::to_text(asker) + " " + std::visit(Name{}, viewer);
}

std::vector<SpaceId> ask_the_rule(const access::Decider& decider, const access::Subject& asker, const Viewer& viewer) {
  if (std::holds_alternative<std::monostate>(viewer)) return decider.visible_to(asker);
  auto spaces = std::holds_alternative<WorkspaceId>(viewer) ? decider.visible_to(std::get<WorkspaceId>(viewer))
                                                            : decider.visible_to(std::get<NamespaceId>(viewer));
  std::erase_if(spaces, [&](SpaceId space) {
    return !decider.may(asker, access::Action::kSee, access::SpaceTarget{space, std::nullopt});
  });
  return spaces;
}

bool passes(const access::Snapshot& snapshot, const ImageFilter& filter, SpaceId id) {
  const auto* space = snapshot.spaces.find(id);
  if (space == nullptr || (filter.space && *filter.space != id) ||
      (filter.registry && *filter.registry != space->registry))
    return false;
  return !filter.visibility || (*filter.visibility == Visibility::kPublic) == access::is_public(snapshot, *space);
}

std::optional<std::int64_t> to_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

ImageList::Spaces ImageList::visible(const access::Snapshot& snapshot, Time now, const access::Subject& asker,
                                     const Viewer& viewer) {
  const auto key = cache_key(asker, viewer);
  {
    const std::lock_guard lock(cache_mutex_);
    if (cache_version_ == snapshot.version)
      if (const auto it = cache_.find(key); it != cache_.end()) return it->second;
  }
  auto spaces =
      std::make_shared<const std::vector<SpaceId>>(ask_the_rule(access::Decider(snapshot, now), asker, viewer));
  const std::lock_guard lock(cache_mutex_);
  if (cache_version_ != snapshot.version || cache_.size() >= kCachedSets) cache_.clear();
  cache_version_ = snapshot.version;
  cache_[key] = spaces;
  return spaces;
}

Result<ImagePage> ImageList::find(const access::Snapshot& snapshot, Time now, const access::Subject& asker,
                                  const Viewer& viewer, const ImageFilter& filter) {
  if (auto caught_up = feed_.catch_up(); !caught_up) return fail(caught_up.error());
  const auto spaces = visible(snapshot, now, asker, viewer);
  ImageQuery query{.spaces = *spaces,
                   .search = filter.search,
                   .sort = filter.sort,
                   .order = filter.order,
                   .limit = filter.limit,
                   .after = filter.after};
  if (filter.registry || filter.space || filter.visibility)
    std::erase_if(query.spaces, [&](SpaceId id) { return !passes(snapshot, filter, id); });
  return index_.find(query);
}

// value|id|name: a name has no '|'.
std::string to_text(const Position& position) {
  return fmt::format("{}|{}|{}", position.value, position.id.value(), position.name);
}

Result<Position> parse_position(std::string_view text) {
  const auto bad = fail(Fault::kInvalid, "the cursor is not one that this list gave");
  const auto first = text.find('|');
  const auto second = first == std::string_view::npos ? first : text.find('|', first + 1);
  if (second == std::string_view::npos) return bad;
  const auto value = to_number(text.substr(0, first));
  const auto id = to_number(text.substr(first + 1, second - first - 1));
  if (!value || !id) return bad;
  return Position{*value, std::string(text.substr(second + 1)), RepositoryId(*id)};
}

}  // namespace berth::catalog
