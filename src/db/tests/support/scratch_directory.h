#pragma once

#include <string>

namespace berth::db::testing {

/// A new directory for one test's files: in memory where there is room, for a database is some hundred files; else in
/// /tmp. Its path is short: that of a Unix socket has at most 107 bytes. The caller removes it; what killed tests have
/// left is swept away.
[[nodiscard]] std::string make_scratch_directory();

}  // namespace berth::db::testing
