#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "http/paging.h"

namespace berth::tenancy {

/// One page of a list, in the order of its keys by bytes.
template <class Row>
struct Slice {
  std::vector<Row> items;
  std::optional<std::string> next;  // the key to go on behind
};

/// A row by the key that orders it.
template <class Row>
struct Keyed {
  std::string key;
  Row row;
};

/// The page of `rows`, which may stand in any order. Keys are unique.
template <class Row>
Slice<Row> cut(std::vector<Keyed<Row>> rows, const http::Page& page) {
  if (page.after) std::erase_if(rows, [&](const Keyed<Row>& each) { return each.key <= *page.after; });
  const auto kept = std::min(rows.size(), page.limit);
  std::ranges::partial_sort(rows, rows.begin() + static_cast<std::ptrdiff_t>(kept), {}, &Keyed<Row>::key);
  Slice<Row> result;
  if (rows.size() > kept) result.next = rows[kept - 1].key;
  for (std::size_t i = 0; i < kept; ++i) result.items.push_back(std::move(rows[i].row));
  return result;
}

/// The page of rows that the database gave in order, one more than `page.limit` when there are more.
template <class Row, class Key>
Slice<Row> cut_ordered(std::vector<Row> rows, const http::Page& page, Key&& key) {
  Slice<Row> result{.items = std::move(rows), .next = {}};
  if (result.items.size() > page.limit) {
    result.items.resize(page.limit);
    result.next = key(result.items.back());
  }
  return result;
}

}  // namespace berth::tenancy
