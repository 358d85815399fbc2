#include "catalog/requests.h"

#include "base/encoding.h"
#include "http/paging.h"

namespace berth::catalog {
namespace {

template <class T>
using Words = std::initializer_list<std::pair<std::string_view, T>>;

/// One of a few words, or nullopt when the parameter is absent.
template <class T>
Result<std::optional<T>> choice(const http::Query& query, std::string_view key, Words<T> words) {
  const auto text = query.find(key);
  if (!text) return std::optional<T>();
  std::string known;
  for (const auto& [word, value] : words) {
    if (word == *text) return std::optional<T>(value);
    known += fmt::format("{}{}", known.empty() ? "" : ", ", word);
  }
  return fail(Fault::kInvalid, fmt::format("{} must be one of {}", key, known));
}

Error unknown(std::string_view what) {
  return Error::not_found(fmt::format("there is no such {}, or it is not allotted to your workspace", what));
}

/// The filters that name a registry and a space in it. What the asker may not see is as unknown as what is not there.
Result<void> read_places(const http::Call& call, ImageFilter& filter) {
  const auto& snapshot = *call.snapshot;
  const auto registry = call.request.query.find("registry");
  const auto space = call.request.query.find("space");
  if (!registry && !space) return {};
  const auto* id = snapshot.registry_by_name.find(std::string(registry.value_or("")));
  const auto decider = call.decider();
  if (registry && (id == nullptr || !decider.may(call.subject, access::Action::kSeeRegistry, *id)))
    return fail(unknown("registry"));
  filter.registry = registry ? *id : snapshot.embedded;
  if (!space) return {};
  const auto name = SpaceName::parse(*space);
  if (!name) return fail(name.error());
  const auto* found = snapshot.space_by_name.find(access::space_key(*filter.registry, *name));
  if (found == nullptr || !decider.may(call.subject, access::Action::kSee, access::SpaceTarget{*found, std::nullopt}))
    return fail(unknown("space"));
  filter.space = *found;
  return {};
}

}  // namespace

Result<ImageFilter> read_image_filter(const http::Call& call) {
  const auto& query = call.request.query;
  const auto page = http::Page::parse(query);
  if (!page) return fail(page.error());
  const auto sort = choice<Sort>(
      query, "sort",
      {{"name", Sort::kName}, {"updated", Sort::kUpdated}, {"pulls", Sort::kPulls}, {"size", Sort::kSize}});
  if (!sort) return fail(sort.error());
  const auto order = choice<Order>(query, "order", {{"asc", Order::kAscending}, {"desc", Order::kDescending}});
  if (!order) return fail(order.error());
  const auto visibility =
      choice<Visibility>(query, "visibility", {{"public", Visibility::kPublic}, {"private", Visibility::kPrivate}});
  if (!visibility) return fail(visibility.error());

  ImageFilter filter;
  filter.search = to_lower(query.find("search").value_or(""));
  filter.sort = sort->value_or(Sort::kName);
  // What people look for first: names from a, everything else from the most.
  filter.order = order->value_or(filter.sort == Sort::kName ? Order::kAscending : Order::kDescending);
  filter.visibility = *visibility;
  filter.limit = page->limit;
  if (page->after) {
    auto after = parse_position(*page->after);
    if (!after) return fail(after.error());
    filter.after = std::move(*after);
  }
  if (auto places = read_places(call, filter); !places) return fail(places.error());
  return filter;
}

Result<SpaceId> space_of(const http::Call& call) {
  const auto* registry = call.snapshot->registry_by_name.find(call.param("registry"));
  const auto name = SpaceName::parse(call.param("space"));
  if (registry == nullptr || !name) return fail(unknown("space"));
  const auto* space = call.snapshot->space_by_name.find(access::space_key(*registry, *name));
  if (space == nullptr) return fail(unknown("space"));
  return *space;
}

Result<RepositoryKey> repository_of(const http::Call& call) {
  const auto space = space_of(call);
  if (!space) return fail(space.error());
  auto path = RepositoryPath::parse(call.param("repository"));
  if (!path) return fail(path.error());
  return RepositoryKey{*space, std::move(*path)};
}

Result<std::variant<Tag, Digest>> reference_of(const http::Call& call) {
  const auto text = call.request.query.find("reference");
  if (!text) return fail(Fault::kInvalid, "name a tag or a digest: ?reference=1.2");
  if (text->contains(':')) {
    auto digest = Digest::parse(*text);
    if (!digest) return fail(digest.error());
    return std::variant<Tag, Digest>(std::move(*digest));
  }
  auto tag = Tag::parse(*text);
  if (!tag) return fail(tag.error());
  return std::variant<Tag, Digest>(std::move(*tag));
}

}  // namespace berth::catalog
