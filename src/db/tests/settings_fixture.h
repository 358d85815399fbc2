#pragma once

#include "db/tests/support/test_database.h"

namespace berth::db {

inline void put(Database& database, const std::string& name, const std::string& value) {
  const auto done = database.write([&](Connection& tx) -> Result<void> {
    tx.execute("INSERT INTO settings (name, value) VALUES (:name, :value)", name, value);
    return {};
  });
  ASSERT_TRUE(done);
}

inline std::optional<std::string> get(Connection& tx, const std::string& name) {
  const auto row = tx.one<std::string>("SELECT value FROM settings WHERE name = :name", name);
  if (!row) return std::nullopt;
  return std::get<0>(*row);
}

inline std::optional<std::string> get(Database& database, const std::string& name) {
  return database.read([&](Connection& tx) { return get(tx, name); });
}

/// The Failure that `work` ends in; a failure of the test when there is none.
template <class Work>
Failure failure_of(Work&& work) {
  try {
    work();
  } catch (const Failure& failure) {
    return failure;
  }
  ADD_FAILURE() << "no db::Failure was thrown";
  return {"none was thrown", false};
}

}  // namespace berth::db
