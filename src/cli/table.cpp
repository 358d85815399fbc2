#include "cli/table.h"

#include "cli/human.h"

namespace berth::cli {
namespace {

std::string plain(const json::value& value);

std::string joined(const json::array& array) {
  std::string out;
  for (const auto& each : array) out += (out.empty() ? "" : ", ") + plain(each);
  return out;
}

std::string plain(const json::value& value) {
  if (value.is_null()) return "";
  if (const auto* text = value.if_string()) return printable(*text);
  if (const auto* array = value.if_array()) return joined(*array);
  return printable(json::serialize(value));
}

std::string time_text(const json::value& value, Time now, bool exact) {
  const auto* text = value.if_string();
  const auto time = text ? parse_rfc3339(*text) : Result<Time>(fail(Fault::kInvalid, ""));
  if (!time) return plain(value);
  if (!exact) return human_time(*time, now);
  return fmt::format("{}  ({})", to_rfc3339(*time), human_time(*time, now));
}

std::string number_text(const json::value& value) {
  const auto* array = value.if_array();
  return array ? std::to_string(array->size()) : plain(value);
}

std::string size_text(const json::value& value, bool zero_is_none) {
  if (!value.is_int64()) return plain(value);
  return zero_is_none && value.as_int64() == 0 ? "none" : human_size(value.as_int64());
}

std::string cell(const json::value& object, const Column& column, Time now, bool exact) {
  const auto* value = at_path(object, column.path);
  if (!value || value->is_null()) return "";
  switch (column.as) {
    case As::kSize:
    case As::kLimit:
      return size_text(*value, column.as == As::kLimit);
    case As::kTime:
      return time_text(*value, now, exact);
    case As::kYesNo:
      return value->is_bool() ? (value->as_bool() ? "yes" : "no") : plain(*value);
    case As::kNumber:
      return number_text(*value);
    case As::kOnce:
      return plain(*value) + "   (shown this once)";
    case As::kText:
    case As::kList:
      break;
  }
  return plain(*value);
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

bool to_the_right(As as) {
  return as == As::kNumber || as == As::kSize || as == As::kLimit;
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::string blanks(width - std::min(width, display_width(text)), ' ');
  return right ? blanks + text : text + blanks;
}

}  // namespace

const json::value* at_path(const json::value& object, std::string_view path) {
  const auto* value = &object;
  while (value && !path.empty()) {
    const auto dot = std::min(path.find('.'), path.size());
    value = find(*value, path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return value;
}

std::string to_table(const json::array& items, const std::vector<Column>& columns, Time now) {
  std::vector<std::vector<std::string>> rows(1);
  for (const auto& column : columns) rows.front().push_back(upper(column.title));
  for (const auto& item : items) {
    auto& row = rows.emplace_back();
    for (const auto& column : columns) row.push_back(cell(item, column, now, false));
  }
  std::string out;
  std::vector<std::size_t> widths(columns.size());
  for (const auto& row : rows)
    for (std::size_t at = 0; at < row.size(); ++at) widths[at] = std::max(widths[at], display_width(row[at]));
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t at = 0; at < row.size(); ++at)
      line += padded(row[at], widths[at], to_the_right(columns[at].as)) + (at + 1 < row.size() ? "  " : "");
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string to_lines(const json::value& object, const std::vector<Column>& columns, Time now) {
  std::size_t width = 0;
  std::vector<std::pair<std::string_view, std::string>> lines;
  for (const auto& column : columns) {
    auto text = cell(object, column, now, true);
    if (text.empty()) continue;
    width = std::max(width, column.title.size());
    lines.emplace_back(column.title, std::move(text));
  }
  std::string out;
  for (const auto& [title, text] : lines) out += padded(fmt::format("{}:", title), width + 3, false) + text + "\n";
  return out;
}

}  // namespace berth::cli
