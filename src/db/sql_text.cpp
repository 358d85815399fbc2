#include "db/sql_text.h"

#include <set>
#include <stdexcept>

namespace berth::db {
namespace {

[[noreturn]] void refuse(std::string_view why, std::string_view sql) {
  throw std::logic_error(fmt::format("{} in: {}", why, sql));
}

bool names(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The position after the literal or quoted identifier that starts at `at`. A doubled quote ends one and starts the
// next.
std::size_t skip_quoted(std::string_view sql, std::size_t at) {
  const auto end = sql.find(sql[at], at + 1);
  if (end == std::string_view::npos) refuse("an open quote", sql);
  return end + 1;
}

}  // namespace

std::size_t count_parameters(std::string_view sql) {
  std::set<std::string_view> found;
  for (std::size_t at = 0; at < sql.size();) {
    const auto rest = sql.substr(at);
    if (rest.front() == '\'' || rest.front() == '"') {
      at = skip_quoted(sql, at);
    } else if (rest.starts_with("--") || rest.starts_with("/*")) {
      refuse("a comment", sql);
    } else if (rest.front() == ':') {
      std::size_t length = 1;
      while (length < rest.size() && names(rest[length])) ++length;
      if (length == 1) refuse("a ':' that names no parameter (casts are CAST(x AS type))", sql);
      if (!found.insert(rest.substr(1, length - 1)).second) refuse("a parameter that stands twice", sql);
      at += length;
    } else {
      ++at;
    }
  }
  return found.size();
}

}  // namespace berth::db
