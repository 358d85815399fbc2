#include "base/json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <cmath>

namespace berth {
namespace {

/// Walks a document once, keeps nothing but the keys of the open objects, and stops at the first excess.
class Checker {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  using Code = json::error_code;

  explicit Checker(std::size_t max_values) : left_(max_values) {}

  [[nodiscard]] const std::string& reason() const { return reason_; }

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) {
    open_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, Code& code) {
    open_.pop_back();
    return count(code);
  }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t, Code& code) { return count(code); }
  bool on_key_part(std::string_view part, std::size_t, Code&) {
    key_ += part;
    return true;
  }
  bool on_key(std::string_view part, std::size_t, Code& code) {
    key_ += part;
    if (!open_.back().insert(key_).second) return stop(code, twice());
    key_.clear();
    return true;
  }
  bool on_string_part(std::string_view, std::size_t, Code&) { return true; }
  bool on_string(std::string_view, std::size_t, Code& code) { return count(code); }
  bool on_number_part(std::string_view, Code&) { return true; }
  bool on_int64(std::int64_t, std::string_view, Code& code) { return count(code); }
  bool on_uint64(std::uint64_t, std::string_view, Code& code) { return count(code); }
  // 1e400, and 0e400, which the parser takes for 0 × ∞: there is no JSON text for what they become.
  bool on_double(double number, std::string_view, Code& code) {
    return std::isfinite(number) ? count(code) : stop(code, "a number is too large");
  }
  bool on_bool(bool, Code& code) { return count(code); }
  bool on_null(Code& code) { return count(code); }
  bool on_comment_part(std::string_view, Code&) { return true; }
  bool on_comment(std::string_view, Code&) { return true; }

 private:
  /// A message does not carry megabytes back.
  [[nodiscard]] std::string twice() const {
    constexpr std::size_t kShown = 64;
    return key_.size() > kShown ? "a key stands twice" : fmt::format("the key \"{}\" stands twice", key_);
  }
  bool count(Code& code) { return left_-- > 0 || stop(code, "it has too many values"); }
  bool stop(Code& code, std::string reason) {
    reason_ = std::move(reason);
    code = json::error::extra_data;
    return false;
  }

  std::size_t left_;
  std::vector<std::unordered_set<std::string>> open_;
  std::string key_;
  std::string reason_;
};

std::unexpected<Error> refuse(std::string_view why) {
  return fail(Fault::kInvalid, fmt::format("the JSON document was refused: {}", why));
}

}  // namespace

Result<json::value> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes)
    return fail(Fault::kTooLarge, fmt::format("the JSON document is larger than {} bytes", limits.bytes));
  json::parse_options options;
  options.max_depth = limits.depth;
  json::error_code code;
  json::basic_parser<Checker> checker(options, limits.values);
  const auto used = checker.write_some(false, text.data(), text.size(), code);
  if (code) return refuse(checker.handler().reason().empty() ? code.message() : checker.handler().reason());
  if (text.find_first_not_of(" \t\r\n", used) != std::string_view::npos)
    return refuse("something follows the document");
  auto value = json::parse(text, code, {}, options);
  if (code) return refuse(code.message());
  return value;
}

const json::value* find(const json::value& object, std::string_view key) {
  return object.is_object() ? object.get_object().if_contains(key) : nullptr;
}
const json::object* find_object(const json::value& object, std::string_view key) {
  const auto* value = find(object, key);
  return value ? value->if_object() : nullptr;
}
const json::array* find_array(const json::value& object, std::string_view key) {
  const auto* value = find(object, key);
  return value ? value->if_array() : nullptr;
}
std::optional<std::string_view> find_string(const json::value& object, std::string_view key) {
  const auto* value = find(object, key);
  const auto* text = value ? value->if_string() : nullptr;
  return text ? std::optional<std::string_view>(*text) : std::nullopt;
}
std::optional<std::int64_t> find_int(const json::value& object, std::string_view key) {
  const auto* value = find(object, key);
  if (!value) return std::nullopt;
  if (const auto* number = value->if_int64()) return *number;
  return std::nullopt;
}
std::optional<bool> find_bool(const json::value& object, std::string_view key) {
  const auto* value = find(object, key);
  const auto* flag = value ? value->if_bool() : nullptr;
  return flag ? std::optional<bool>(*flag) : std::nullopt;
}

}  // namespace berth
