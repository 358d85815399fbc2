#pragma once

#include <cstddef>
#include <string_view>

namespace berth::db {

/// How many parameters (`:name`) a statement has. Throws std::logic_error for what the two databases, or SOCI's parser,
/// would read differently: comments, `::` casts, a ':' that names nothing, a name that stands twice.
[[nodiscard]] std::size_t count_parameters(std::string_view sql);

}  // namespace berth::db
