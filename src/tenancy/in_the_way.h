#pragma once

#include <string>
#include <vector>

#include "db/database.h"

namespace berth::tenancy {

/// Collects what stands in the way of a deletion: the first ten of each kind by name, and how many more there are.
class InTheWay {
 public:
  explicit InTheWay(db::Connection& tx) : tx_(tx) {}

  /// `from` is the rest of a SELECT after its columns, "name" the text of one row: "bindings b … WHERE b.space_id =
  /// :id".
  void look(std::string_view what, std::string_view name, std::string_view from, std::int64_t id);

  /// Only how many, where the asker must not read the names.
  void count(std::string_view what, std::string_view from, std::int64_t id);

  [[nodiscard]] bool empty() const { return subjects_.empty(); }
  [[nodiscard]] std::vector<std::string> take() { return std::move(subjects_); }

 private:
  db::Connection& tx_;
  std::vector<std::string> subjects_;
};

}  // namespace berth::tenancy
