#include "http/json_body.h"

#include "base/encoding.h"

namespace berth::http {
namespace {

constexpr std::size_t kMaxErrors = 50;

bool is_json(std::string_view content_type) {
  auto type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return equal_ignoring_case(type, "application/json") ||
         (type.size() > 5 && equal_ignoring_case(type.substr(type.size() - 5), "+json"));
}

}  // namespace

/// The parsed body, and what was noticed about each object in it.
struct Fields::Document {
  struct Node {
    const json::object* object;  // nullptr: nothing can be read here
    std::string path;            // "", "grants.", "spaces[2]."
    std::set<std::string, std::less<>> asked;
  };
  std::optional<Error> broken;  // the body as a whole
  json::value root;
  std::vector<Node> nodes;
  std::vector<std::string> errors;
  std::set<std::string, std::less<>> wrong;  // fields that have an error

  void parse(std::string_view body) {
    if (body.empty()) {
      broken = Error::invalid("the body is empty; send a JSON object");
    } else if (auto value = parse_json(body); !value) {
      broken = std::move(value.error());
    } else if (!value->is_object()) {
      broken = Error::invalid("the body is not a JSON object");
    } else {
      root = std::move(*value);
    }
    nodes.push_back({.object = root.if_object(), .path = "", .asked = {}});
  }

  void refuse(std::string field, std::string_view why) {
    if (errors.size() < kMaxErrors) errors.push_back(fmt::format("{}: {}", field, why));
    wrong.insert(std::move(field));
  }
};

Fields::Fields(std::string_view body) : document_(std::make_shared<Document>()) {
  document_->parse(body);
}

Fields::Fields(const Call& call) : document_(std::make_shared<Document>()) {
  const bool readable = is_json(call.request.headers.find("Content-Type").value_or(""));
  document_->parse(readable ? std::string_view(call.body) : "");
  if (!readable && !call.body.empty())
    document_->broken = Error::of(Fault::kUnsupportedMediaType, "send the body as application/json");
}

bool Fields::has(std::string_view key) const {
  const auto* object = document_->nodes[node_].object;
  const auto* value = object ? object->if_contains(key) : nullptr;
  return value && !value->is_null();
}

const json::value* Fields::take(std::string_view key) {
  auto& node = document_->nodes[node_];
  node.asked.emplace(key);
  return has(key) ? node.object->if_contains(key) : nullptr;
}

std::optional<std::string> Fields::optional_string(std::string_view key, std::size_t max) {
  const auto* value = take(key);
  if (!value) return std::nullopt;
  const auto* text = value->if_string();
  if (!text)
    refuse(key, "must be a string");
  else if (text->size() > max)
    refuse(key, fmt::format("must have at most {} bytes", max));
  else if (text->find('\0') != json::string::npos)
    refuse(key, "must not contain the character zero");
  else
    return std::string(*text);
  return std::nullopt;
}

std::string Fields::required_string(std::string_view key, std::size_t max) {
  auto value = optional_string(key, max);
  if (value && value->empty()) refuse(key, "must not be empty");
  if (!value) missing(key);
  return value.value_or("");
}

std::optional<std::int64_t> Fields::optional_int(std::string_view key, std::int64_t min, std::int64_t max) {
  const auto* value = take(key);
  if (!value) return std::nullopt;
  const auto* number = value->if_int64();
  if (number && *number >= min && *number <= max) return *number;
  refuse(key, fmt::format("must be a whole number from {} to {}", min, max));
  return std::nullopt;
}

std::int64_t Fields::required_int(std::string_view key, std::int64_t min, std::int64_t max) {
  const auto value = optional_int(key, min, max);
  if (!value) missing(key);
  return value.value_or(min);
}

std::optional<bool> Fields::optional_bool(std::string_view key) {
  const auto* value = take(key);
  if (!value) return std::nullopt;
  if (const auto* flag = value->if_bool()) return *flag;
  refuse(key, "must be true or false");
  return std::nullopt;
}

std::optional<Time> Fields::optional_time(std::string_view key) {
  const auto text = optional_string(key);
  if (!text) return std::nullopt;
  const auto time = parse_rfc3339(*text);
  if (time) return *time;
  refuse(key, time.error().message);
  return std::nullopt;
}

const json::array* Fields::take_array(std::string_view key, std::size_t max_items) {
  const auto* value = take(key);
  if (!value) return nullptr;
  const auto* array = value->if_array();
  if (!array)
    refuse(key, "must be a list");
  else if (array->size() > max_items)
    refuse(key, fmt::format("must have at most {} items", max_items));
  else
    return array;
  return nullptr;
}

std::vector<std::string> Fields::strings(std::string_view key, std::size_t max_items) {
  std::vector<std::string> values;
  const auto* array = take_array(key, max_items);
  if (!array) return values;
  for (const auto& item : *array) {
    if (!item.is_string() || item.get_string().find('\0') != json::string::npos) {
      refuse(key, "must be a list of strings");
      return {};
    }
    values.emplace_back(item.get_string());
  }
  return values;
}

std::vector<std::int64_t> Fields::positive_ints(std::string_view key, std::size_t max_items) {
  std::vector<std::int64_t> values;
  const auto* array = take_array(key, max_items);
  if (!array) return values;
  for (const auto& item : *array) {
    const auto* number = item.if_int64();
    if (!number || *number < 1) {
      refuse(key, "must be a list of ids");
      return {};
    }
    values.push_back(*number);
  }
  return values;
}

Fields Fields::inside(const json::object& object, std::string path) {
  document_->nodes.push_back({.object = &object, .path = std::move(path), .asked = {}});
  return {document_, document_->nodes.size() - 1};
}

std::optional<Fields> Fields::object(std::string_view key) {
  const auto* value = take(key);
  if (!value) return std::nullopt;
  if (const auto* inner = value->if_object())
    return inside(*inner, fmt::format("{}{}.", document_->nodes[node_].path, key));
  refuse(key, "must be an object");
  return std::nullopt;
}

std::vector<Fields> Fields::objects(std::string_view key, std::size_t max_items) {
  std::vector<Fields> values;
  const auto* array = take_array(key, max_items);
  if (!array) return values;
  for (const auto& item : *array) {
    const auto* inner = item.if_object();
    if (!inner) {
      refuse(key, "must be a list of objects");
      return {};
    }
    values.push_back(inside(*inner, fmt::format("{}{}[{}].", document_->nodes[node_].path, key, values.size())));
  }
  return values;
}

void Fields::refuse(std::string_view key, std::string_view why) {
  document_->refuse(document_->nodes[node_].path + std::string(key), why);
}

void Fields::missing(std::string_view key) {
  if (!document_->wrong.contains(document_->nodes[node_].path + std::string(key))) refuse(key, "is required");
}

std::optional<Error> Fields::error() const {
  if (document_->broken) return document_->broken;
  auto errors = document_->errors;
  for (const auto& node : document_->nodes)
    for (const auto& field : *node.object)
      if (!node.asked.contains(field.key()) && errors.size() < kMaxErrors)
        errors.push_back(fmt::format("{}{}: is not a field here", node.path, std::string_view(field.key())));
  if (errors.empty()) return std::nullopt;
  auto message =
      fmt::format("the body has {} error{}: {}", errors.size(), errors.size() == 1 ? "" : "s", fmt::join(errors, "; "));
  return Error{.fault = Fault::kInvalid, .message = std::move(message), .subjects = std::move(errors), .detail = {}};
}

Response json_response(int status, const json::value& body) {
  return Response::text(status, "application/json", json::serialize(body));
}

}  // namespace berth::http
