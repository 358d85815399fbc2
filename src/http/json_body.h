#pragma once

#include <concepts>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/json.h"
#include "http/message.h"
#include "http/route.h"

namespace berth::http {

/// A type that is parsed from one string: WorkspaceName, Digest, …
template <class T>
concept FromText = requires(std::string_view text) {
  { T::parse(text) } -> std::same_as<Result<T>>;
};

/// Reads the JSON object in a request's body, field by field, and collects what is wrong with it, so that the caller
/// learns everything at once. Fields that nobody asked for are errors, too. null counts as absent.
///
///     Fields fields(call);
///     auto name = fields.required<WorkspaceName>("name");
///     auto note = fields.optional_string("note");
///     if (auto error = fields.error()) return answer(call, *error);
///
/// After an error the values read are defaults: use none before error() was asked. One thread; cheap to copy (shared).
class Fields {
 public:
  /// kUnsupportedMediaType unless the Content-Type is JSON: a foreign web page cannot send that without a preflight.
  explicit Fields(const Call& call);
  explicit Fields(std::string_view body);

  [[nodiscard]] bool has(std::string_view key) const;

  std::string required_string(std::string_view key, std::size_t max = 4096);
  std::optional<std::string> optional_string(std::string_view key, std::size_t max = 4096);
  std::optional<std::int64_t> optional_int(std::string_view key, std::int64_t min, std::int64_t max);
  std::int64_t required_int(std::string_view key, std::int64_t min, std::int64_t max);
  std::optional<bool> optional_bool(std::string_view key);
  std::optional<Time> optional_time(std::string_view key);

  template <FromText T>
  std::optional<T> optional(std::string_view key) {
    const auto text = optional_string(key);
    return text ? parsed<T>(key, *text) : std::nullopt;
  }
  template <FromText T>
  T required(std::string_view key) {
    auto value = optional<T>(key);
    if (!value) missing(key);
    return value ? std::move(*value) : T();
  }

  template <class IdType>
  std::optional<IdType> optional_id(std::string_view key) {
    const auto value = optional_int(key, 1, std::numeric_limits<std::int64_t>::max());
    return value ? std::optional(IdType(*value)) : std::nullopt;
  }
  template <class IdType>
  IdType required_id(std::string_view key) {
    return IdType(required_int(key, 1, std::numeric_limits<std::int64_t>::max()));
  }

  /// One of a few words.
  template <class T>
  using Choices = std::initializer_list<std::pair<std::string_view, T>>;
  template <class T>
  std::optional<T> optional_choice(std::string_view key, Choices<T> choices) {
    const auto text = optional_string(key);
    if (!text) return std::nullopt;
    for (const auto& [word, value] : choices)
      if (word == *text) return value;
    std::string words;
    for (const auto& choice : choices) words += fmt::format("{}{}", words.empty() ? "" : ", ", choice.first);
    refuse(key, "must be one of " + words);
    return std::nullopt;
  }
  template <class T>
  T required_choice(std::string_view key, Choices<T> choices) {
    const auto value = optional_choice(key, choices);
    if (!value) missing(key);
    return value.value_or(T());
  }

  /// Absent is empty.
  std::vector<std::string> strings(std::string_view key, std::size_t max_items = 1000);
  template <FromText T>
  std::vector<T> list(std::string_view key, std::size_t max_items = 1000) {
    std::vector<T> values;
    for (const auto& text : strings(key, max_items))
      if (auto value = parsed<T>(key, text)) values.push_back(std::move(*value));
    return values;
  }
  template <class IdType>
  std::vector<IdType> ids(std::string_view key, std::size_t max_items = 1000) {
    std::vector<IdType> values;
    for (const auto value : positive_ints(key, max_items)) values.push_back(IdType(value));
    return values;
  }

  /// What lies inside; its errors are named "outer.inner" and come out of this object's error().
  std::optional<Fields> object(std::string_view key);
  std::vector<Fields> objects(std::string_view key, std::size_t max_items = 1000);

  /// Adds an error that only the handler can see.
  void refuse(std::string_view key, std::string_view why);

  /// kInvalid with one subject per error ("name: is required"), or what was wrong with the body as a whole.
  [[nodiscard]] std::optional<Error> error() const;

 private:
  struct Document;
  Fields(std::shared_ptr<Document> document, std::size_t node) : document_(std::move(document)), node_(node) {}

  template <FromText T>
  std::optional<T> parsed(std::string_view key, std::string_view text) {
    auto value = T::parse(text);
    if (value) return std::move(*value);
    refuse(key, value.error().message);
    return std::nullopt;
  }
  const json::value* take(std::string_view key);
  const json::array* take_array(std::string_view key, std::size_t max_items);
  std::vector<std::int64_t> positive_ints(std::string_view key, std::size_t max_items);
  Fields inside(const json::object& object, std::string path);
  /// An error unless there is one for this key already.
  void missing(std::string_view key);

  std::shared_ptr<Document> document_;
  std::size_t node_ = 0;
};

/// application/json.
[[nodiscard]] Response json_response(int status, const json::value& body);

}  // namespace berth::http
