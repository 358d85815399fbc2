#include "catalog/image_index.h"

#include <numeric>

#include "catalog/image_scan.h"

namespace berth::catalog {
namespace {

constexpr std::size_t kTailLimit = 4096;

/// The name order: two registries may have a space of the same name, and it a repository of the same name.
std::pair<std::string_view, std::int64_t> key(const ImageColumns& columns, std::size_t at) {
  return {columns.name(at), columns.id(at)};
}

}  // namespace

std::shared_lock<std::shared_mutex> ImageIndex::lock_to_read() const {
  {
    const std::lock_guard wait_for_writers(gate_);
  }
  return std::shared_lock(lock_);
}

std::unique_lock<std::shared_mutex> ImageIndex::lock_to_change() {
  const std::lock_guard hold_readers(gate_);
  return std::unique_lock(lock_);
}

ImagePage ImageIndex::find(const ImageQuery& query) const {
  const auto lock = lock_to_read();
  const auto matcher = matcher_of(query);
  return query.sort == Sort::kName ? page_by_name(query, matcher) : page_by_value(query, matcher);
}

Matcher ImageIndex::matcher_of(const ImageQuery& query) const {
  std::vector<std::uint64_t> visible((spaces_.size() + 63) / 64);
  for (const auto space : query.spaces)
    if (const auto it = ordinals_.find(space.value()); it != ordinals_.end())
      visible[it->second / 64] |= 1ULL << (it->second % 64);
  return Matcher(query.search, std::move(visible));
}

ImagePage ImageIndex::page_by_name(const ImageQuery& query, const Matcher& matcher) const {
  const bool up = query.order == Order::kAscending;
  const auto past = [&](const ImageColumns& columns, std::size_t at) {
    if (!query.after) return true;
    const std::pair<std::string_view, std::int64_t> after(query.after->name, query.after->id.value());
    return up ? key(columns, at) > after : key(columns, at) < after;
  };
  std::vector<std::pair<const ImageColumns*, std::size_t>> found;

  // The tail is short and in no order; the main run is walked from where the last page ended until the page is full.
  ImageScan(tail_, matcher).walk(0, tail_.size(), query.order, [&](std::size_t at) {
    if (past(tail_, at) && matcher.matches(tail_, at)) found.emplace_back(&tail_, at);
    return true;
  });
  std::size_t from = 0, to = main_.size();
  if (query.after) {
    // Removed rows stand where their id stood.
    auto at = lower_bound(query.after->name);
    while (at < main_.size() && main_.name(at) == query.after->name && (main_.id(at) == 0 || past(main_, at) != up))
      ++at;
    (up ? from : to) = at;
  }
  std::size_t taken = 0;
  ImageScan(main_, matcher).walk(from, to, query.order, [&](std::size_t at) {
    if (!matcher.matches(main_, at)) return true;
    found.emplace_back(&main_, at);
    return ++taken <= query.limit;
  });

  std::ranges::sort(found, [&](const auto& a, const auto& b) {
    const auto x = key(*a.first, a.second), y = key(*b.first, b.second);
    return up ? x < y : y < x;
  });
  ImagePage page;
  for (const auto& [columns, at] : found) {
    if (page.rows.size() == query.limit) {
      page.next = Position{0, page.rows.back().name, page.rows.back().id};
      break;
    }
    page.rows.push_back(row(*columns, at));
  }
  return page;
}

ImagePage ImageIndex::page_by_value(const ImageQuery& query, const Matcher& matcher) const {
  struct Candidate {
    std::int64_t value;
    std::int64_t id;
    const ImageColumns* columns;
    std::size_t at;
  };
  const bool up = query.order == Order::kAscending;
  const auto before = [up](std::int64_t v1, std::int64_t id1, std::int64_t v2, std::int64_t id2) {
    return up ? std::pair(v1, id1) < std::pair(v2, id2) : std::pair(v1, id1) > std::pair(v2, id2);
  };
  const auto heap_order = [&](const Candidate& a, const Candidate& b) { return before(a.value, a.id, b.value, b.id); };

  // A heap of the best limit + 1 rows, worst on top: most rows are turned away by one comparison.
  std::vector<Candidate> heap;
  for (const auto* columns : {&main_, &tail_}) {
    const auto values = columns->values(query.sort);
    ImageScan(*columns, matcher).walk(0, columns->size(), Order::kAscending, [&](std::size_t at) {
      const auto value = values[at];
      const bool full = heap.size() > query.limit;
      if (full && (up ? value > heap.front().value : value < heap.front().value)) return true;
      const auto id = columns->id(at);
      if (full && !before(value, id, heap.front().value, heap.front().id)) return true;
      if (query.after && !before(query.after->value, query.after->id.value(), value, id)) return true;
      if (!matcher.matches(*columns, at)) return true;
      heap.push_back({value, id, columns, at});
      std::ranges::push_heap(heap, heap_order);
      if (heap.size() > query.limit + 1) {
        std::ranges::pop_heap(heap, heap_order);
        heap.pop_back();
      }
      return true;
    });
  }
  std::ranges::sort_heap(heap, heap_order);

  ImagePage page;
  for (const auto& candidate : heap) {
    if (page.rows.size() == query.limit) {
      const auto& last = heap[query.limit - 1];
      page.next = Position{last.value, {}, RepositoryId(last.id)};
      break;
    }
    page.rows.push_back(row(*candidate.columns, candidate.at));
  }
  return page;
}

ImageRow ImageIndex::row(const ImageColumns& columns, std::size_t at) const {
  return columns.row(at, spaces_[columns.space(at)]);
}

std::uint32_t ImageIndex::ordinal_of(SpaceId space) {
  const auto [it, added] = ordinals_.try_emplace(space.value(), static_cast<std::uint32_t>(spaces_.size()));
  if (added) spaces_.push_back(space);
  return it->second;
}

void ImageIndex::put(const ImageRow& row) {
  const std::lock_guard writer(writing_);
  {
    const auto lock = lock_to_change();
    if (const auto it = places_.find(row.id.value()); it != places_.end()) {
      (it->second.in_tail ? tail_ : main_).set_values(it->second.at, row);
      return;
    }
    tail_.append(row, ordinal_of(row.space));
    places_[row.id.value()] = {true, static_cast<std::uint32_t>(tail_.size() - 1)};
  }
  if (tail_.size() >= kTailLimit) merge();
}

void ImageIndex::remove(SpaceId space, std::string_view name) {
  const std::lock_guard writer(writing_);
  const auto lock = lock_to_change();
  const auto place = place_of(space, name);
  if (!place) return;
  auto& columns = place->in_tail ? tail_ : main_;
  places_.erase(columns.id(place->at));
  columns.remove(place->at);
}

std::optional<ImageIndex::Place> ImageIndex::place_of(SpaceId space, std::string_view name) const {
  const auto ordinal = ordinals_.find(space.value());
  if (ordinal == ordinals_.end()) return std::nullopt;
  const auto is = [&](const ImageColumns& columns, std::size_t at) {
    return columns.id(at) != 0 && columns.space(at) == ordinal->second && columns.name(at) == name;
  };
  for (std::size_t at = 0; at < tail_.size(); ++at)
    if (is(tail_, at)) return Place{true, static_cast<std::uint32_t>(at)};
  for (auto at = lower_bound(name); at < main_.size() && main_.name(at) == name; ++at)
    if (is(main_, at)) return Place{false, static_cast<std::uint32_t>(at)};
  return std::nullopt;
}

std::size_t ImageIndex::lower_bound(std::string_view name) const {
  std::size_t low = 0, high = main_.size();
  while (low < high) {
    const auto middle = (low + high) / 2;
    if (main_.name(middle) < name)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void ImageIndex::load(std::vector<ImageRow> rows) {
  std::ranges::sort(rows, {},
                    [](const ImageRow& row) { return std::pair(std::string_view(row.name), row.id.value()); });
  const std::lock_guard writer(writing_);
  ImageColumns fresh;
  fresh.reserve(rows.size());
  boost::unordered_flat_map<std::int64_t, Place> places;
  places.reserve(rows.size());
  const auto lock = lock_to_change();
  for (const auto& row : rows) {
    places[row.id.value()] = {false, static_cast<std::uint32_t>(fresh.size())};
    fresh.append(row, ordinal_of(row.space));
  }
  main_ = std::move(fresh);
  tail_ = {};
  places_ = std::move(places);
}

// Runs under writing_: nobody else changes the columns, so they are read without holding readers up.
void ImageIndex::merge() {
  std::vector<std::size_t> order(tail_.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](std::size_t at) { return key(tail_, at); });

  ImageColumns merged;
  merged.reserve(main_.size() + tail_.size());
  boost::unordered_flat_map<std::int64_t, Place> places;
  places.reserve(places_.size());
  const auto take = [&](const ImageColumns& from, std::size_t at) {
    if (from.id(at) == 0) return;
    places[from.id(at)] = {false, static_cast<std::uint32_t>(merged.size())};
    merged.append_from(from, at);
  };
  std::size_t at = 0;
  for (const auto next : order) {
    for (; at < main_.size() && key(main_, at) < key(tail_, next); ++at) take(main_, at);
    take(tail_, next);
  }
  for (; at < main_.size(); ++at) take(main_, at);

  const auto lock = lock_to_change();
  main_ = std::move(merged);
  tail_ = {};
  places_ = std::move(places);
}

std::size_t ImageIndex::size() const {
  const auto lock = lock_to_read();
  return places_.size();
}

}  // namespace berth::catalog
