#include "catalog/image_index.h"

#include <random>
#include <thread>

namespace berth::catalog {
namespace {

constexpr std::array kSorts = {Sort::kName, Sort::kUpdated, Sort::kPulls, Sort::kSize};
constexpr std::array kOrders = {Order::kAscending, Order::kDescending};

/// The same questions, answered by sorting everything.
class Model {
 public:
  void put(const ImageRow& row) { rows_[row.id.value()] = row; }
  /// The first row from `id` on, which is gone now.
  std::optional<ImageRow> remove(std::int64_t id) {
    const auto it = rows_.lower_bound(id);
    if (it == rows_.end()) return std::nullopt;
    auto row = it->second;
    rows_.erase(it);
    return row;
  }

  [[nodiscard]] std::vector<std::string> names(const ImageQuery& query) const {
    std::vector<ImageRow> found;
    for (const auto& [id, row] : rows_)
      if (std::ranges::find(query.spaces, row.space) != query.spaces.end() && row.name.contains(query.search))
        found.push_back(row);
    std::ranges::sort(found, [&](const ImageRow& a, const ImageRow& b) {
      const auto less = key(query.sort, a) < key(query.sort, b);
      return query.order == Order::kAscending ? less : key(query.sort, b) < key(query.sort, a);
    });
    std::vector<std::string> names;
    for (const auto& row : found) names.push_back(row.name);
    return names;
  }

 private:
  static std::tuple<std::int64_t, std::string, std::int64_t> key(Sort sort, const ImageRow& row) {
    switch (sort) {
      case Sort::kName:
        return {0, row.name, 0};
      case Sort::kUpdated:
        return {to_millis(row.updated_at), "", row.id.value()};
      case Sort::kPulls:
        return {row.pulls, "", row.id.value()};
      case Sort::kSize:
        return {row.size, "", row.id.value()};
    }
    return {};
  }
  std::map<std::int64_t, ImageRow> rows_;
};

std::vector<std::string> all_pages(const ImageIndex& index, ImageQuery query) {
  std::vector<std::string> names;
  while (true) {
    const auto page = index.find(query);
    EXPECT_LE(page.rows.size(), query.limit);
    for (const auto& row : page.rows) names.push_back(row.name);
    if (!page.next) return names;
    query.after = page.next;
  }
}

class Random {
 public:
  std::int64_t below(std::int64_t n) { return std::uniform_int_distribution<std::int64_t>(0, n - 1)(engine_); }
  ImageRow row(std::int64_t id) {
    static constexpr std::array kWords = {"web", "api", "db", "cache", "a", "b0", "x-y", "w_e", "e.b"};
    const auto space = below(6) + 1;
    return {.id = RepositoryId(id),
            .space = SpaceId(space),
            .name = fmt::format("s{}/{}/{}{}", space, kWords[static_cast<std::size_t>(below(9))],
                                kWords[static_cast<std::size_t>(below(9))], id),
            .updated_at = from_millis(below(20)),
            .pulls = below(5),
            .size = below(1000),
            .tags = below(9)};
  }

 private:
  std::mt19937_64 engine_{20261121};
};

void expect_same(const ImageIndex& index, const Model& model, Random& random) {
  for (const auto* search : {"", "w", "we", "web", "b0", "s3/", "/a", "zz", "%", "web1", "e.b"}) {
    for (const auto sort : kSorts) {
      for (const auto order : kOrders) {
        ImageQuery query{.spaces = {},
                         .search = search,
                         .sort = sort,
                         .order = order,
                         .limit = static_cast<std::size_t>(1 + random.below(40)),
                         .after = {}};
        for (std::int64_t space = 1; space <= 7; ++space)
          if (random.below(2) == 0) query.spaces.emplace_back(space);
        ASSERT_EQ(all_pages(index, query), model.names(query))
            << "search \"" << search << "\" sort " << static_cast<int>(sort);
      }
    }
  }
}

TEST(ImageIndex, AnswersLikeAModelThroughAnyChanges) {
  ImageIndex index;
  Model model;
  Random random;
  std::vector<ImageRow> first;
  for (std::int64_t id = 1; id <= 300; ++id) first.push_back(random.row(id));
  for (const auto& row : first) model.put(row);
  index.load(first);
  expect_same(index, model, random);
  for (std::int64_t step = 0; step < 600; ++step) {
    const auto id = 1 + random.below(600);
    if (random.below(4) == 0) {
      if (const auto gone = model.remove(random.below(600'000))) index.remove(gone->space, gone->name);
    } else {
      // A name stays with its id as long as the image lives.
      auto row = random.row(id + 1000 * (step + 1));
      index.put(row);
      model.put(row);
      row.pulls += 3;
      row.updated_at += Duration(7);
      index.put(row);
      model.put(row);
    }
  }
  expect_same(index, model, random);
}

TEST(ImageIndex, KeepsEverythingThroughMerges) {
  ImageIndex index;
  Model model;
  Random random;
  for (std::int64_t id = 1; id <= 10'000; ++id) {
    const auto row = random.row(id);
    index.put(row);
    model.put(row);
    if (id % 7 == 0) {
      if (const auto gone = model.remove(id - 3)) index.remove(gone->space, gone->name);
    }
  }
  ImageQuery query{.spaces = {SpaceId(1), SpaceId(4)},
                   .search = "web",
                   .sort = Sort::kPulls,
                   .order = Order::kDescending,
                   .limit = 100,
                   .after = {}};
  EXPECT_EQ(all_pages(index, query), model.names(query));
  query.sort = Sort::kName;
  EXPECT_EQ(all_pages(index, query), model.names(query));
}

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789._-/";

/// Names of any letters, and of some that the grammar does not have, so that every pair of neighbours comes up
/// somewhere and most come up rarely.
ImageRow row_of_any_letters(Random& random, std::int64_t id) {
  auto row = random.row(id);
  row.name = fmt::format("s{}/{}", row.space.value(), id);
  for (auto left = random.below(20); left > 0; --left)
    row.name += random.below(50) == 0 ? 'A' : kLetters[static_cast<std::size_t>(random.below(std::ssize(kLetters)))];
  return row;
}

/// Every letter, one that shares its bit with others, pairs, and pieces of a name that is there or was.
std::vector<std::string> terms_of_any_letters(Random& random, const std::vector<ImageRow>& rows) {
  std::vector<std::string> terms = {"", "A", "?", "A?", "aA"};
  for (const char letter : kLetters) terms.emplace_back(1, letter);
  const auto letter = [&] { return kLetters[static_cast<std::size_t>(random.below(std::ssize(kLetters)))]; };
  for (int count = 0; count < 60; ++count) terms.push_back({letter(), letter()});
  for (std::size_t length = 2; length < 6; ++length)
    for (int count = 0; count < 15; ++count) {
      const auto& name = rows[static_cast<std::size_t>(random.below(std::ssize(rows)))].name;
      if (name.size() <= length) continue;
      const auto at = random.below(static_cast<std::int64_t>(name.size() - length) + 1);
      terms.push_back(name.substr(static_cast<std::size_t>(at), length));
    }
  return terms;
}

void expect_same_searches(const ImageIndex& index, const Model& model, Random& random,
                          const std::vector<std::string>& terms) {
  for (const auto& term : terms) {
    ImageQuery query{.spaces = {},
                     .search = term,
                     .sort = kSorts[static_cast<std::size_t>(random.below(std::ssize(kSorts)))],
                     .order = kOrders[static_cast<std::size_t>(random.below(std::ssize(kOrders)))],
                     .limit = static_cast<std::size_t>(1 + random.below(400)),
                     .after = {}};
    for (std::int64_t space = 1; space <= 7; ++space)
      if (random.below(3) != 0) query.spaces.emplace_back(space);
    ASSERT_EQ(all_pages(index, query), model.names(query)) << "search \"" << term << '"';
  }
}

TEST(ImageIndex, SearchesLikeAModelWhateverTheLetters) {
  ImageIndex index;
  Model model;
  Random random;
  std::vector<ImageRow> rows;
  for (std::int64_t id = 1; id <= 1500; ++id) rows.push_back(row_of_any_letters(random, id));
  for (const auto& row : rows) model.put(row);
  index.load(rows);
  expect_same_searches(index, model, random, terms_of_any_letters(random, rows));

  // Pushes and deletions, past the merge of the tail.
  for (std::int64_t id = 1501; id <= 6500; ++id) {
    rows.push_back(row_of_any_letters(random, id));
    index.put(rows.back());
    model.put(rows.back());
    if (id % 3 != 0) continue;
    if (const auto gone = model.remove(random.below(id))) index.remove(gone->space, gone->name);
    if (id == 4500) expect_same_searches(index, model, random, terms_of_any_letters(random, rows));
  }
  expect_same_searches(index, model, random, terms_of_any_letters(random, rows));
}

TEST(ImageIndex, ShowsNothingOfSpacesThatWereNotNamed) {
  ImageIndex index;
  Random random;
  for (std::int64_t id = 1; id <= 50; ++id) index.put(random.row(id));
  EXPECT_TRUE(
      index
          .find({.spaces = {}, .search = "", .sort = Sort::kName, .order = Order::kAscending, .limit = 50, .after = {}})
          .rows.empty());
  EXPECT_TRUE(index
                  .find({.spaces = {SpaceId(99)},
                         .search = "",
                         .sort = Sort::kName,
                         .order = Order::kAscending,
                         .limit = 50,
                         .after = {}})
                  .rows.empty());
}

// Two registries may have a space of the same name, and it a repository of the same name.
TEST(ImageIndex, PagesPastImagesOfTheSameName) {
  for (const bool merged : {true, false}) {
    ImageIndex index;
    std::vector<ImageRow> rows;
    for (const std::int64_t id : {5, 3, 8, 1})
      rows.push_back({.id = RepositoryId(id), .space = SpaceId(id), .name = "base/web", .updated_at = {}});
    if (merged)
      index.load(rows);
    else
      for (const auto& row : rows) index.put(row);
    index.remove(SpaceId(3), "base/web");
    for (const auto order : kOrders) {
      ImageQuery query{.spaces = {SpaceId(1), SpaceId(3), SpaceId(5), SpaceId(8)},
                       .search = "we",
                       .sort = Sort::kName,
                       .order = order,
                       .limit = 1,
                       .after = {}};
      std::vector<std::int64_t> ids;
      do {
        const auto page = index.find(query);
        for (const auto& row : page.rows) ids.push_back(row.id.value());
        query.after = page.next;
      } while (query.after && ids.size() < 10);
      const auto wanted =
          order == Order::kAscending ? std::vector<std::int64_t>{1, 5, 8} : std::vector<std::int64_t>{8, 5, 1};
      EXPECT_EQ(ids, wanted) << (merged ? "loaded" : "put one by one");
    }
  }
}

TEST(ImageIndex, ReadersAndWritersMeet) {
  ImageIndex index;
  std::atomic<bool> done = false;
  std::jthread reader([&] {
    while (!done) {
      const auto page = index.find({.spaces = {SpaceId(1), SpaceId(2), SpaceId(3)},
                                    .search = "we",
                                    .sort = Sort::kUpdated,
                                    .order = Order::kDescending,
                                    .limit = 20,
                                    .after = {}});
      for (const auto& row : page.rows) EXPECT_TRUE(row.name.contains("we"));
    }
  });
  Random random;
  for (std::int64_t id = 1; id <= 9'000; ++id) index.put(random.row(id));
  done = true;
  reader.join();
  EXPECT_EQ(index.size(), 9'000U);
}

}  // namespace
}  // namespace berth::catalog
