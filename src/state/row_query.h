#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "access/text.h"
#include "db/database.h"

/// What the readers of rows.h share.
namespace berth::state {

/// The rows that `what` selects: all of them, or those whose `key` is the id. `what` has no WHERE.
template <class... Columns, class Id>
auto select(db::Connection& tx, std::string_view what, std::string_view key, std::optional<Id> only,
            std::string_view order) {
  if (only) return tx.query<Columns...>(fmt::format("{} WHERE {} = :id ORDER BY {}", what, key, order), *only);
  return tx.query<Columns...>(fmt::format("{} ORDER BY {}", what, order));
}

/// Memberships as (principal, workspace, role). Users and groups number themselves: an id means nothing without its
/// kind.
template <class Id>
auto select_members(db::Connection& tx, std::string_view kind, std::optional<Id> only) {
  constexpr std::string_view kAll = "SELECT principal_id, workspace_id, role FROM members WHERE principal_kind = :kind";
  constexpr std::string_view kOrder = "ORDER BY principal_id, workspace_id";
  if (only)
    return tx.query<std::int64_t, std::int64_t, std::string>(fmt::format("{} AND principal_id = :id {}", kAll, kOrder),
                                                             kind, *only);
  return tx.query<std::int64_t, std::int64_t, std::string>(fmt::format("{} {}", kAll, kOrder), kind);
}

/// Finds rows by their id while details are added to them. `rows` must not grow meanwhile.
template <class Row>
class ById {
 public:
  explicit ById(std::vector<Row>& rows) {
    for (auto& row : rows) rows_.emplace(row.id.value(), &row);
  }
  [[nodiscard]] Row* find(std::int64_t id) const {
    const auto it = rows_.find(id);
    return it == rows_.end() ? nullptr : it->second;
  }

 private:
  std::unordered_map<std::int64_t, Row*> rows_;
};

template <class Id>
std::optional<Id> optional_id(std::optional<std::int64_t> value) {
  return value ? std::optional(Id(*value)) : std::nullopt;
}

inline std::optional<Time> optional_time(std::optional<std::int64_t> millis) {
  return millis ? std::optional(from_millis(*millis)) : std::nullopt;
}

/// A CHECK of the schema allows no other text; should one stand there all the same, the database is not ours.
template <class Enum>
Enum stored(std::string_view text) {
  auto value = access::parse<Enum>(text);
  if (!value) throw db::Failure(fmt::format("unexpected '{}' in the database: {}", text, value.error().message), false);
  return *value;
}

}  // namespace berth::state
