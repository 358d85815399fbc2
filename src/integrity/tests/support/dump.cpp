#include "integrity/tests/support/dump.h"

#include <algorithm>

#include "db/tests/support/test_database.h"
#include "integrity/table_copy.h"

namespace berth::integrity::testing {
namespace {

std::vector<std::string> rows_of(db::Connection& tx, const Table& table) {
  std::string list;
  for (const auto& column : table.columns)
    list += fmt::format("{}COALESCE(CAST({} AS TEXT), '(null)')", list.empty() ? "" : " || '|' || ", column.name);
  std::vector<std::string> rows;
  for (auto& [row] : tx.query<std::string>(fmt::format("SELECT {} FROM {}", list, table.name)))
    rows.push_back(std::move(row));
  std::ranges::sort(rows);
  return rows;
}

}  // namespace

Dump dump(db::Database& database) {
  const db::testing::TestDatabase schema(db::Dialect::kSqlite);
  const auto tables = schema->read([](db::Connection& tx) { return tables_of(tx); });
  return database.read([&](db::Connection& tx) {
    Dump all;
    for (const auto& table : tables) all[table.name] = rows_of(tx, table);
    return all;
  });
}

}  // namespace berth::integrity::testing
