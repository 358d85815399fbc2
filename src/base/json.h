#pragma once

#include <boost/json.hpp>
#include <string_view>

#include "base/error.h"

namespace berth {

namespace json = boost::json;

/// What a document may cost before it is refused. Every JSON document that comes from outside is parsed through
/// parse_json(): bounded in size, depth and count, valid UTF-8, and without duplicate keys (two readers of one
/// document with a duplicate key may see two documents; CVE-2021-41190's class).
struct JsonLimits {
  std::size_t bytes = 4U << 20;
  std::size_t depth = 32;
  std::size_t values = 200'000;
};

[[nodiscard]] Result<json::value> parse_json(std::string_view text, const JsonLimits& limits = {});

/// Members of an object, or nullptr / nullopt when absent or of another type. Never throw.
[[nodiscard]] const json::value* find(const json::value& object, std::string_view key);
[[nodiscard]] const json::object* find_object(const json::value& object, std::string_view key);
[[nodiscard]] const json::array* find_array(const json::value& object, std::string_view key);
[[nodiscard]] std::optional<std::string_view> find_string(const json::value& object, std::string_view key);
[[nodiscard]] std::optional<std::int64_t> find_int(const json::value& object, std::string_view key);
[[nodiscard]] std::optional<bool> find_bool(const json::value& object, std::string_view key);

}  // namespace berth
