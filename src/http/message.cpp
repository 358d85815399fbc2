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
constexpr std::size_t kMoreText = 192;
constexpr std::size_t kMoreFields = 5;

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

Headers::Headers(const Headers& other) {
  text_.reserve(other.text_.size() + kMoreText);
  text_ = other.text_;
  spans_.reserve(other.spans_.size() + kMoreFields);
  spans_ = other.spans_;
}

void Headers::reserve(std::size_t bytes) {
  text_.reserve(bytes);
  spans_.reserve(kFirstFields);
}

// Most names differ in length already.
bool Headers::is(const Span& span, std::string_view name) const {
  return span.name == name.size() && equal_ignoring_case({text_.data() + span.at, span.name}, name);
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& span : spans_)
    if (is(span, name)) return field(span).value;
  return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& span : spans_)
    if (is(span, name)) values.push_back(field(span).value);
  return values;
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(spans_, [&](const Span& span) { return is(span, name); }));
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Headers::add(std::string_view name, std::string_view value) {
  if (spans_.capacity() == 0) reserve(kFirstText);
  spans_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size()),
                    static_cast<std::uint32_t>(value.size())});
  text_.append(name).append(value);
}

void Headers::remove(std::string_view name) {
  std::erase_if(spans_, [&](const Span& span) { return is(span, name); });
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
