#include "net/head_parser.h"

#include "net/asio.h"
// After asio.h, which says how Asio is compiled.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace berth::net {
namespace {

namespace beast = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

std::string text(string_view view) {
  return {view.data(), view.size()};
}

// "GET / HTTP/2.0": the syntax of a version, but none that we speak (RFC 9110, 15.6.6).
bool names_other_version(std::string_view head) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto line = head.substr(0, head.find('\r'));
  const auto version = line.substr(line.rfind(' ') + 1);
  return version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) && version[6] == '.' &&
         is_digit(version[7]);
}

// Not eager: it stops after the head, and the callbacks for bodies are never called.
class Codec final : public beast::basic_parser<true> {
 public:
  Codec() {
    header_limit(UINT32_MAX);  // HeadScanner has done that
    body_limit(boost::none);   // the core names the limit, once it knows the route
  }
  RawHead head;

 private:
  void on_request_impl(beast::verb, string_view method, string_view target, int version, error_code&) override {
    head.method = text(method);
    head.target = text(target);
    head.version = version;
  }
  void on_field_impl(beast::field, string_view name, string_view value, error_code&) override {
    head.headers.add({name.data(), name.size()}, {value.data(), value.size()});
  }
  void on_header_impl(error_code&) override { head.keep_alive = keep_alive(); }
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}
};

}  // namespace

std::expected<RawHead, Refusal> parse_head(std::string_view head) {
  Codec codec;
  error_code failed;
  auto used = codec.put(boost::asio::const_buffer(head.data(), head.size()), failed);
  if (failed == beast::error::bad_version && names_other_version(head))
    return std::unexpected(Refusal::of(Fault::kHttpVersion, "this server speaks HTTP/1.1 and HTTP/1.0"));
  if (failed) return std::unexpected(Refusal::bad_request(fmt::format("malformed request: {}", failed.message())));
  if (!codec.is_header_done() || used != head.size())
    return std::unexpected(Refusal::bad_request("malformed request head"));
  return std::move(codec.head);
}

}  // namespace berth::net
