#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

/// What is asked of the image index, and what it answers.
namespace berth::catalog {

/// One image (a repository that has a manifest), as lists show it.
struct ImageRow {
  RepositoryId id;
  SpaceId space;
  std::string name;  // "<space>/<path>"
  Time updated_at;
  std::int64_t pulls = 0;
  std::int64_t size = 0;
  std::int64_t tags = 0;
};

enum class Sort { kName, kUpdated, kPulls, kSize };
enum class Order { kAscending, kDescending };

/// Where a page ended: the last row's sort value (its name, when sorted by name) and its id.
struct Position {
  std::int64_t value = 0;
  std::string name;
  RepositoryId id;
};

struct ImageQuery {
  std::vector<SpaceId> spaces;  // what the asker may see, already filtered by registry, space and visibility
  std::string search;           // substring of any part of "<space>/<path>"; empty: everything
  Sort sort = Sort::kName;
  Order order = Order::kAscending;
  std::size_t limit = 50;
  std::optional<Position> after;
};

struct ImagePage {
  std::vector<ImageRow> rows;
  std::optional<Position> next;
};

}  // namespace berth::catalog
