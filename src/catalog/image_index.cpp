#include "catalog/image_index.h"

#include <bit>
#include <numeric>

namespace berth::catalog {
namespace {

constexpr std::size_t kTailLimit = 4096;

/// A bit per letter of the name grammar (a-z, 0-9, '.', '_', '-', '/'); everything else shares the last.
std::uint64_t letter_bit(char c) {
  if (c >= 'a' && c <= 'z') return 1ULL << (c - 'a');
  if (c >= '0' && c <= '9') return 1ULL << (26 + c - '0');
  switch (c) {
    case '.':
      return 1ULL << 36;
    case '_':
      return 1ULL << 37;
    case '-':
      return 1ULL << 38;
    case '/':
      return 1ULL << 39;
    default:
      return 1ULL << 40;
  }
}

std::uint64_t letters_of(std::string_view text) {
  return std::accumulate(text.begin(), text.end(), std::uint64_t{0},
                         [](std::uint64_t mask, char c) { return mask | letter_bit(c); });
}

/// A small Bloom filter of neighbouring letters, one bit of 256 each. In words, each in a column of its own: a term of
/// two letters needs one of them.
template <std::size_t kWords>
std::array<std::uint64_t, kWords> pairs_of(std::string_view text) {
  static_assert(std::has_single_bit(kWords));
  std::array<std::uint64_t, kWords> mask{};
  for (std::size_t at = 1; at < text.size(); ++at) {
    const auto pair = static_cast<std::uint32_t>(static_cast<unsigned char>(text[at - 1])) * 256U +
                      static_cast<unsigned char>(text[at]);
    const auto hash = pair * 2654435761U;
    mask[hash >> 24 & (kWords - 1)] |= 1ULL << (hash >> 26);
  }
  return mask;
}

}  // namespace

std::string_view ImageIndex::Columns::name(std::size_t at) const {
  return std::string_view(names).substr(starts[at], starts[at + 1] - starts[at]);
}

std::int64_t ImageIndex::Columns::value(Sort sort, std::size_t at) const {
  switch (sort) {
    case Sort::kUpdated:
      return updated[at];
    case Sort::kPulls:
      return pulls[at];
    case Sort::kSize:
      return sizes[at];
    case Sort::kName:
      break;
  }
  return 0;
}

void ImageIndex::Columns::append(const ImageRow& row, std::uint32_t space) {
  if (starts.empty()) starts.push_back(0);
  names += row.name;
  starts.push_back(static_cast<std::uint32_t>(names.size()));
  letters.push_back(letters_of(row.name));
  const auto own_pairs = pairs_of<kPairWords>(row.name);
  for (std::size_t word = 0; word < kPairWords; ++word) pairs[word].push_back(own_pairs[word]);
  spaces.push_back(space);
  ids.push_back(row.id.value());
  updated.push_back(to_millis(row.updated_at));
  pulls.push_back(row.pulls);
  sizes.push_back(row.size);
  tags.push_back(row.tags);
}

void ImageIndex::Columns::append_from(const Columns& other, std::size_t at) {
  if (starts.empty()) starts.push_back(0);
  names += other.name(at);
  starts.push_back(static_cast<std::uint32_t>(names.size()));
  letters.push_back(other.letters[at]);
  for (std::size_t word = 0; word < kPairWords; ++word) pairs[word].push_back(other.pairs[word][at]);
  spaces.push_back(other.spaces[at]);
  ids.push_back(other.ids[at]);
  updated.push_back(other.updated[at]);
  pulls.push_back(other.pulls[at]);
  sizes.push_back(other.sizes[at]);
  tags.push_back(other.tags[at]);
}

void ImageIndex::Columns::set_values(std::size_t at, const ImageRow& row) {
  updated[at] = to_millis(row.updated_at);
  pulls[at] = row.pulls;
  sizes[at] = row.size;
  tags[at] = row.tags;
}

void ImageIndex::Columns::reserve(std::size_t rows) {
  starts.reserve(rows + 1);
  letters.reserve(rows);
  for (auto& column : pairs) column.reserve(rows);
  spaces.reserve(rows);
  for (auto* column : {&ids, &updated, &pulls, &sizes, &tags}) column->reserve(rows);
}

/// Which rows a query is about, cheapest test first.
class ImageIndex::Matcher {
 public:
  Matcher(const ImageIndex& index, const ImageQuery& query)
      : search_(query.search),
        letters_(letters_of(search_)),
        visible_((index.spaces_.size() + 63) / 64) {
    const auto pairs = pairs_of<kPairWords>(search_);
    for (std::size_t word = 0; word < kPairWords; ++word)
      if (pairs[word] != 0) pairs_.emplace_back(word, pairs[word]);
    for (const auto space : query.spaces)
      if (const auto it = index.ordinals_.find(space.value()); it != index.ordinals_.end())
        visible_[it->second / 64] |= 1ULL << (it->second % 64);
  }

  [[nodiscard]] bool matches(const Columns& columns, std::size_t at) const {
    const auto space = columns.spaces[at];
    if ((visible_[space / 64] >> (space % 64) & 1) == 0 || columns.ids[at] == 0) return false;
    if ((columns.letters[at] & letters_) != letters_) return false;
    for (const auto& [word, pairs] : pairs_)
      if ((columns.pairs[word][at] & pairs) != pairs) return false;
    // One letter is decided by its bit, unless it is one of those that share a bit.
    return search_.size() < 2 ? search_.empty() || letters_ != letter_bit('\0')
                              : columns.name(at).find(search_) != std::string_view::npos;
  }

 private:
  std::string_view search_;
  std::uint64_t letters_;
  std::vector<std::pair<std::size_t, std::uint64_t>> pairs_;  // words that have bits
  std::vector<std::uint64_t> visible_;
};

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
  const Matcher matcher(*this, query);
  return query.sort == Sort::kName ? page_by_name(query, matcher) : page_by_value(query, matcher);
}

ImagePage ImageIndex::page_by_name(const ImageQuery& query, const Matcher& matcher) const {
  const bool up = query.order == Order::kAscending;
  const auto past = [&](std::string_view name) {
    return !query.after || (up ? name > query.after->name : name < query.after->name);
  };
  std::vector<std::pair<const Columns*, std::size_t>> found;

  // The tail is short and in no order; the main run is walked from where the last page ended until the page is full.
  for (std::size_t at = 0; at < tail_.size(); ++at)
    if (past(tail_.name(at)) && matcher.matches(tail_, at)) found.emplace_back(&tail_, at);
  std::size_t first = up ? 0 : main_.size();
  if (query.after) {
    first = lower_bound(query.after->name);
    while (up && first < main_.size() && main_.name(first) == query.after->name) ++first;
  }
  std::size_t taken = 0;
  for (std::size_t step = 0; taken <= query.limit && step < (up ? main_.size() - first : first); ++step) {
    const auto at = up ? first + step : first - 1 - step;
    if (!matcher.matches(main_, at)) continue;
    found.emplace_back(&main_, at);
    ++taken;
  }

  std::ranges::sort(found, [&](const auto& a, const auto& b) {
    const auto x = a.first->name(a.second), y = b.first->name(b.second);
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
    const Columns* columns;
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
    for (std::size_t at = 0; at < columns->size(); ++at) {
      const auto value = columns->value(query.sort, at);
      const auto id = columns->ids[at];
      if (heap.size() > query.limit && !before(value, id, heap.front().value, heap.front().id)) continue;
      if (query.after && !before(query.after->value, query.after->id.value(), value, id)) continue;
      if (!matcher.matches(*columns, at)) continue;
      heap.push_back({value, id, columns, at});
      std::ranges::push_heap(heap, heap_order);
      if (heap.size() > query.limit + 1) {
        std::ranges::pop_heap(heap, heap_order);
        heap.pop_back();
      }
    }
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

ImageRow ImageIndex::row(const Columns& columns, std::size_t at) const {
  return {.id = RepositoryId(columns.ids[at]),
          .space = spaces_[columns.spaces[at]],
          .name = std::string(columns.name(at)),
          .updated_at = from_millis(columns.updated[at]),
          .pulls = columns.pulls[at],
          .size = columns.sizes[at],
          .tags = columns.tags[at]};
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
  auto& id = (place->in_tail ? tail_ : main_).ids[place->at];
  places_.erase(id);
  id = 0;
}

std::optional<ImageIndex::Place> ImageIndex::place_of(SpaceId space, std::string_view name) const {
  const auto ordinal = ordinals_.find(space.value());
  if (ordinal == ordinals_.end()) return std::nullopt;
  const auto is = [&](const Columns& columns, std::size_t at) {
    return columns.ids[at] != 0 && columns.spaces[at] == ordinal->second && columns.name(at) == name;
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
  std::ranges::sort(rows, {}, &ImageRow::name);
  const std::lock_guard writer(writing_);
  Columns fresh;
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
  std::ranges::sort(order, {}, [&](std::size_t at) { return tail_.name(at); });

  Columns merged;
  merged.reserve(main_.size() + tail_.size());
  boost::unordered_flat_map<std::int64_t, Place> places;
  places.reserve(places_.size());
  const auto take = [&](const Columns& from, std::size_t at) {
    if (from.ids[at] == 0) return;
    places[from.ids[at]] = {false, static_cast<std::uint32_t>(merged.size())};
    merged.append_from(from, at);
  };
  std::size_t at = 0;
  for (const auto next : order) {
    for (; at < main_.size() && main_.name(at) < tail_.name(next); ++at) take(main_, at);
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
