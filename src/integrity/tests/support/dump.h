#pragma once

#include <map>
#include <string>
#include <vector>

#include "db/database.h"

namespace berth::integrity::testing {

/// Every row of every table as text, in an order of its own: what two databases are compared by.
using Dump = std::map<std::string, std::vector<std::string>>;
[[nodiscard]] Dump dump(db::Database& database);

}  // namespace berth::integrity::testing
