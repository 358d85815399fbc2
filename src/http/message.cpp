#include "http/message.h"

#include "base/encoding.h"
#include "http/errors.h"
#include "http/text.h"

namespace berth::http {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 7> kMethods{{
    {Method::kGet, "GET"},
    {Method::kHead, "HEAD"},
    {Method::kPost, "POST"},
    {Method::kPut, "PUT"},
    {Method::kPatch, "PATCH"},
    {Method::kDelete, "DELETE"},
    {Method::kOptions, "OPTIONS"},
}};

constexpr std::size_t kMaxParameters = 1000;
constexpr std::size_t kFirstText = 512;
constexpr std::size_t kFirstFields = 12;

/// A key or a value of a query: '+' is a space (the HTML form encoding), %XX a byte.
Result<std::string> decode_query_text(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  auto decoded = percent_decode(spaced);
  if (!decoded) return fail(Fault::kInvalid, "the query string has a broken escape");
  if (!is_utf8(*decoded)) return fail(Fault::kInvalid, "the query string is not UTF-8 text");
  return std::move(*decoded);
}

}  // namespace

std::string_view name_of(Method method) {
  for (const auto& [value, name] : kMethods)
    if (value == method) return name;
  return "";
}

std::optional<Method> parse_method(std::string_view name) {
  for (const auto& [value, known] : kMethods)
    if (known == name) return value;
  return std::nullopt;
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& span : spans_)
    if (const auto known = field(span); equal_ignoring_case(known.name, name)) return known.value;
  return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& span : spans_)
    if (const auto known = field(span); equal_ignoring_case(known.name, name)) values.push_back(known.value);
  return values;
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(spans_, [&](const Span& span) { return equal_ignoring_case(field(span).name, name); }));
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Headers::add(std::string_view name, std::string_view value) {
  if (spans_.empty()) {
    text_.reserve(kFirstText);
    spans_.reserve(kFirstFields);
  }
  spans_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size()),
                    static_cast<std::uint32_t>(value.size())});
  text_.append(name).append(value);
}

void Headers::remove(std::string_view name) {
  std::erase_if(spans_, [&](const Span& span) { return equal_ignoring_case(field(span).name, name); });
}

Result<Query> Query::parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    if (query.pairs_.size() == kMaxParameters)
      return fail(Fault::kUriTooLong, fmt::format("the query string has more than {} parameters", kMaxParameters));
    const auto equals = std::min(pair.find('='), pair.size());
    auto key = decode_query_text(pair.substr(0, equals));
    if (!key) return fail(std::move(key.error()));
    auto value = decode_query_text(pair.substr(std::min(equals + 1, pair.size())));
    if (!value) return fail(std::move(value.error()));
    query.pairs_.emplace_back(std::move(*key), std::move(*value));
  }
  return query;
}

std::optional<std::string_view> Query::find(std::string_view key) const {
  for (const auto& [name, value] : pairs_)
    if (name == key) return value;
  return std::nullopt;
}

std::vector<std::string_view> Query::all(std::string_view key) const {
  std::vector<std::string_view> values;
  for (const auto& [name, value] : pairs_)
    if (name == key) values.emplace_back(value);
  return values;
}

Response Response::text(int status, std::string content_type, std::string body) {
  Response response = of(status);
  response.headers.add("Content-Type", content_type);
  response.body.emplace_back(std::move(body));
  return response;
}

Response BodySink::refuse(const Error& error) {
  return problem(error, "");
}

}  // namespace berth::http
