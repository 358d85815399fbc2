// The table against std::map, on edits made by chance; and that a table which was shared does not change.

#include "access/table.h"

#include <random>

#include "base/ids.h"

namespace berth::access {
namespace {

using Rows = Table<SpaceId, std::string>;
using Model = std::map<SpaceId, std::string>;

Model contents(const Rows& table) {
  Model all;
  table.for_each([&](SpaceId key, const std::string& row) { all.emplace(key, row); });
  return all;
}

void expect_same(const Rows& table, const Model& model) {
  EXPECT_EQ(contents(table), model);
  EXPECT_EQ(table.size(), model.size());
  for (std::int64_t id = 0; id < 400; ++id) {
    const auto* row = table.find(SpaceId(id));
    const auto it = model.find(SpaceId(id));
    ASSERT_EQ(row != nullptr, it != model.end()) << id;
    if (row) ASSERT_EQ(*row, it->second) << id;
  }
}

TEST(TableTest, behaves_as_a_map_and_leaves_earlier_versions_alone) {
  std::mt19937_64 engine(7);
  Rows table;
  Model model;
  std::vector<std::pair<Rows, Model>> earlier;
  for (auto i = 0; i < 5'000; ++i) {
    // Steps of 256 would all meet in one shard if ids hashed to themselves.
    const SpaceId key(static_cast<std::int64_t>(engine() % 400) * (i % 2 == 0 ? 1 : 256));
    if (engine() % 3 == 0) {
      table = table.without(key);
      model.erase(key);
    } else {
      const auto row = std::to_string(engine() % 100);
      table = table.with(key, row);
      model[key] = row;
    }
    if (i % 250 == 0) earlier.emplace_back(table, model);
  }
  expect_same(table, model);
  for (const auto& [version, then] : earlier) expect_same(version, then);
}

TEST(TableTest, an_editor_makes_many_changes_and_leaves_its_base_alone) {
  std::mt19937_64 engine(8);
  Rows table;
  Model model;
  for (auto batch = 0; batch < 50; ++batch) {
    const auto base = table;
    const auto before = model;
    Rows::Editor editor(table);
    for (auto i = 0; i < 100; ++i) {
      const SpaceId key(static_cast<std::int64_t>(engine() % 400));
      if (engine() % 3 == 0) {
        editor.erase(key);
        model.erase(key);
      } else {
        const auto row = std::to_string(engine() % 100);
        editor.put(key, row);
        model[key] = row;
      }
      ASSERT_EQ(editor.find(key) != nullptr, model.contains(key));
    }
    table = std::move(editor).take();
    expect_same(table, model);
    expect_same(base, before);
  }
}

TEST(TableTest, a_row_stays_where_it_was_when_others_change) {
  const auto table = Rows().with(SpaceId(1), "kept");
  const auto* row = table.find(SpaceId(1));
  EXPECT_EQ(table.with(SpaceId(2), "new").find(SpaceId(1)), row);
  EXPECT_EQ(table.without(SpaceId(3)).find(SpaceId(1)), row);
}

}  // namespace
}  // namespace berth::access
