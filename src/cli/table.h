#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"

namespace berth::cli {

/// How a value of the API is shown to people.
/// kLimit: a size, of which 0 means that there is none.
enum class As { kText, kNumber, kSize, kLimit, kTime, kYesNo, kList, kOnce };

/// `path` leads into the object with dots, "target.name".
struct Column {
  std::string_view title;
  std::string_view path;
  As as = As::kText;
};

/// Aligned columns under their titles; numbers and sizes to the right. The last column is not padded.
[[nodiscard]] std::string to_table(const json::array& items, const std::vector<Column>& columns, Time now);

/// "Title:  value", one line each; what is absent, null or empty is left out.
[[nodiscard]] std::string to_lines(const json::value& object, const std::vector<Column>& columns, Time now);

/// What stands at the path, or nullptr.
[[nodiscard]] const json::value* at_path(const json::value& object, std::string_view path);

}  // namespace berth::cli
