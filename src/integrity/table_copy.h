#pragma once

#include <span>
#include <string>
#include <vector>

#include "db/database.h"

/// Carries a database's content over to another one of the same schema, on either kind of database: the portable form
/// of a backup is a SQLite file.
namespace berth::integrity {

struct Table {
  struct Column {
    std::string name;
    bool text = false;
  };
  std::string name;
  std::vector<Column> columns;
  bool numbers_itself = false;  // @id@
};

/// All tables but the migrations' own, each behind those that it refers to. `sqlite` is on SQLite: its catalogue tells.
[[nodiscard]] std::vector<Table> tables_of(db::Connection& sqlite);

/// True when no table has a row, apart from what the migrations put there.
[[nodiscard]] bool is_empty(db::Connection& tx, std::span<const Table> tables);

/// Replaces the content of `to`. Ids stay what they are, and no id that was ever given out is given out again.
void copy_tables(db::Connection& from, db::Connection& to, std::span<const Table> tables);

}  // namespace berth::integrity
