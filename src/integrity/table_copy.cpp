#include "integrity/table_copy.h"

#include <set>

namespace berth::integrity {
namespace {

constexpr std::size_t kParametersAtOnce = 256;
constexpr int kRowsAtOnce = 100;
// Migrations put rows into these.
constexpr std::array<std::string_view, 2> kSeeded{"job_items", "state_version"};

using Cell = std::variant<std::optional<std::int64_t>, std::optional<std::string>>;

std::string column_list(const Table& table) {
  std::string list;
  for (const auto& column : table.columns) list += (list.empty() ? "" : ", ") + column.name;
  return list;
}

/// Rows on their way into a table, several to a statement.
class Insertion {
 public:
  Insertion(db::Connection& to, const Table& table)
      : to_(to),
        table_(table),
        rows_at_once_(std::max<std::size_t>(1, kParametersAtOnce / table.columns.size())) {}

  void add(std::vector<Cell> row) {
    rows_.push_back(std::move(row));
    if (rows_.size() == rows_at_once_) flush();
  }

  void flush() {
    if (rows_.empty()) return;
    std::vector<db::Param> params;
    for (const auto& row : rows_)
      for (const auto& cell : row)
        params.push_back(std::visit([](const auto& value) { return db::to_param(value); }, cell));
    to_.run(statement(), params, {}, nullptr);
    rows_.clear();
  }

 private:
  [[nodiscard]] std::string statement() const {
    auto sql = fmt::format("INSERT INTO {} ({}) VALUES ", table_.name, column_list(table_));
    std::size_t number = 0;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      sql += row == 0 ? "(" : ", (";
      for (std::size_t column = 0; column < table_.columns.size(); ++column)
        sql += fmt::format("{}:p{}", column == 0 ? "" : ", ", number++);
      sql += ")";
    }
    return sql;
  }

  db::Connection& to_;
  const Table& table_;
  const std::size_t rows_at_once_;
  std::vector<std::vector<Cell>> rows_;
};

/// Every row of the table, of which libpq alone would take all into memory at once.
void stream(db::Connection& from, const Table& table, std::span<const db::Column> columns,
            const std::function<void()>& on_row) {
  const auto select = fmt::format("SELECT {} FROM {}", column_list(table), table.name);
  if (from.dialect() == db::Dialect::kSqlite) {
    from.run(select, {}, columns, on_row);
    return;
  }
  // Named after the table: a prepared FETCH keeps the columns that it had first.
  const auto cursor = "copy_of_" + table.name;
  from.execute(fmt::format("DECLARE {} NO SCROLL CURSOR FOR {}", cursor, select));
  while (from.run(fmt::format("FETCH {} FROM {}", kRowsAtOnce, cursor), {}, columns, on_row) > 0) {
  }
  from.execute("CLOSE " + cursor);
}

void copy_rows(db::Connection& from, db::Connection& to, const Table& table) {
  std::vector<Cell> row;
  for (const auto& column : table.columns)
    row.push_back(column.text ? Cell(std::optional<std::string>()) : Cell(std::optional<std::int64_t>()));
  std::vector<db::Column> columns;
  for (auto& cell : row) std::visit([&](auto& value) { columns.emplace_back(&value); }, cell);
  Insertion insertion(to, table);
  stream(from, table, columns, [&] { insertion.add(row); });
  insertion.flush();
}

/// The highest id that was ever given out, as far as the database remembers.
std::optional<std::int64_t> last_number(db::Connection& tx, const std::string& table) {
  if (tx.dialect() == db::Dialect::kSqlite) {
    const auto row = tx.one<std::int64_t>("SELECT seq FROM sqlite_sequence WHERE name = :name", table);
    return row ? std::optional(std::get<0>(*row)) : std::nullopt;
  }
  const auto row = tx.one<std::optional<std::int64_t>>(
      "SELECT pg_sequence_last_value(CAST(pg_get_serial_sequence(:name, 'id') AS regclass))", table);
  return std::get<0>(row.value());
}

void set_last_number(db::Connection& tx, const std::string& table, std::int64_t number) {
  if (tx.dialect() == db::Dialect::kSqlite) {
    tx.execute("DELETE FROM sqlite_sequence WHERE name = :name", table);
    tx.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)", table, number);
  } else {
    tx.query<std::int64_t>("SELECT setval(CAST(pg_get_serial_sequence(:name, 'id') AS regclass), CAST(:seq AS BIGINT))",
                           table, number);
  }
}

std::set<std::string> targets_of(db::Connection& sqlite, const std::string& table) {
  std::set<std::string> targets;
  for (auto& [target] : sqlite.query<std::string>("SELECT \"table\" FROM pragma_foreign_key_list(:name)", table))
    if (target != table) targets.insert(std::move(target));
  return targets;
}

Table describe(db::Connection& sqlite, const std::string& name, const std::string& sql) {
  Table table{.name = name, .columns = {}, .numbers_itself = sql.find("AUTOINCREMENT") != std::string::npos};
  for (auto& [column, type] :
       sqlite.query<std::string, std::string>("SELECT name, type FROM pragma_table_info(:name) ORDER BY cid", name))
    table.columns.push_back({std::move(column), type == "TEXT"});
  return table;
}

}  // namespace

std::vector<Table> tables_of(db::Connection& sqlite) {
  auto rest = sqlite.query<std::string, std::string>(
      "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' "
      "AND name <> 'schema_migrations' ORDER BY name");
  std::vector<Table> ordered;
  std::set<std::string> done;
  while (!rest.empty()) {
    const auto before = rest.size();
    std::erase_if(rest, [&](const auto& entry) {
      const auto& [name, sql] = entry;
      if (!std::ranges::includes(done, targets_of(sqlite, name))) return false;
      ordered.push_back(describe(sqlite, name, sql));
      done.insert(name);
      return true;
    });
    if (rest.size() == before) throw std::logic_error("tables refer to each other in a circle");
  }
  return ordered;
}

bool is_empty(db::Connection& tx, std::span<const Table> tables) {
  return std::ranges::none_of(tables, [&](const Table& table) {
    if (std::ranges::find(kSeeded, table.name) != kSeeded.end()) return false;
    return tx.one<std::int64_t>(fmt::format("SELECT 1 FROM {} LIMIT 1", table.name)).has_value();
  });
}

void copy_tables(db::Connection& from, db::Connection& to, std::span<const Table> tables) {
  for (std::size_t at = tables.size(); at-- > 0;) to.execute(fmt::format("DELETE FROM {}", tables[at].name));
  for (const auto& table : tables) {
    copy_rows(from, to, table);
    if (!table.numbers_itself) continue;
    if (const auto number = last_number(from, table.name)) set_last_number(to, table.name, *number);
  }
}

}  // namespace berth::integrity
