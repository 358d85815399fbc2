#pragma once

#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/file.h"

/// HTTP as the core sees it: values without sockets. net/ makes requests and sends responses.
namespace berth::http {

enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };
[[nodiscard]] std::string_view name_of(Method method);
[[nodiscard]] std::optional<Method> parse_method(std::string_view name);

/// Header fields in order. Names compare without case (RFC 9110, 5.1). Small: linear search, and two allocations for
/// all fields together. What find() and all() give is good until the next field is added.
class Headers {
 public:
  struct Field {
    std::string_view name;
    std::string_view value;
  };

  Headers() = default;
  /// With room for a few more: what is remembered of an answer is copied, and gets the fields of this one answer.
  Headers(const Headers& other);
  Headers(Headers&&) noexcept = default;
  Headers& operator=(const Headers&) = default;
  Headers& operator=(Headers&&) noexcept = default;
  ~Headers() = default;

  /// Room for fields whose names and values have `bytes` together.
  void reserve(std::size_t bytes);
  /// The first value, or nullopt.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  /// Replaces every field of that name.
  void set(std::string_view name, std::string_view value);
  void add(std::string_view name, std::string_view value);
  void remove(std::string_view name);

  /// All, in order, as Field.
  [[nodiscard]] auto fields() const {
    return std::views::transform(spans_, [this](const Span& span) { return field(span); });
  }

 private:
  struct Span {
    std::uint32_t at;  // of the name in text_; the value follows
    std::uint32_t name;
    std::uint32_t value;
  };
  [[nodiscard]] Field field(const Span& span) const {
    const std::string_view text(text_);
    return {text.substr(span.at, span.name), text.substr(span.at + span.name, span.value)};
  }
  [[nodiscard]] bool is(const Span& span, std::string_view name) const;

  std::string text_;  // of removed fields, too
  std::vector<Span> spans_;
};

/// The query string, split and decoded ('+' is a space). Repeated keys keep their order.
class Query {
 public:
  Query() = default;
  /// kInvalid for broken escapes, the character zero and broken UTF-8; kUriTooLong for more than 1,000 parameters.
  static Result<Query> parse(std::string_view text);
  [[nodiscard]] std::optional<std::string_view> find(std::string_view key) const;
  [[nodiscard]] std::vector<std::string_view> all(std::string_view key) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

/// A request without its body.
struct Request {
  Method method = Method::kGet;
  std::string target;  // as received
  std::string path;    // target up to '?', not decoded: a %2F never becomes a separator
  Query query;
  Headers headers;
  bool has_body = false;                        // a Content-Length > 0, or chunked
  std::optional<std::uint64_t> content_length;  // nullopt when chunked or absent
  std::string peer_address;                     // "192.0.2.1"
  std::string scheme = "http";                  // "https" on a TLS listener, or as a trusted proxy says
  std::string host;                             // Host header, or as a trusted proxy says
  std::string request_id;                       // ours: 32 hex digits, or the caller's trace id (W3C trace context)
};

/// One piece of a response's body.
using Piece = std::variant<std::string, std::shared_ptr<const std::string>, FileRange, std::unique_ptr<Source>>;

struct Response {
  int status = 200;
  Headers headers;
  std::vector<Piece> body;
  /// For HEAD, and wherever the length is known without a body: what Content-Length says. Otherwise net/ adds up the
  /// pieces, and sends chunked when one is a Source.
  std::optional<std::uint64_t> content_length;

  static Response of(int status) { return Response{.status = status, .headers = {}, .body = {}, .content_length = {}}; }
  static Response text(int status, std::string content_type, std::string body);
};

/// Takes a request's body as it arrives; for the few routes whose body is larger than memory should hold.
///
/// net/ calls write() for each piece in order, then finish() once; or abandon() once when the body will never be whole
/// (the client left, was too slow, or sent less or more than it said). Calls come from a pool's threads, one at a
/// time; the sink is destroyed after the last. The next piece is read from the network while write() runs.
class BodySink {
 public:
  virtual ~BodySink() = default;
  /// An error ends the request with that error's response, which refuse() makes; abandon() follows.
  virtual Result<void> write(std::string_view bytes) = 0;
  virtual Response finish() = 0;
  virtual void abandon(std::string_view why) = 0;
  /// The answer to a write() that failed. The core's own wrapper (http/watched_sink.h) answers in the surface's shape,
  /// and counts; the sinks of handlers need not override it.
  virtual Response refuse(const Error& error);
};

}  // namespace berth::http
