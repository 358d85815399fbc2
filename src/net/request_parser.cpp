#include "net/request_parser.h"

#include "net/asio.h"
// After asio.h, which says how Asio is compiled.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>

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
  const auto line = head.substr(0, head.find('\r'));
  const auto version = line.substr(line.rfind(' ') + 1);
  return version.size() == 8 && version.starts_with("HTTP/") &&
         std::isdigit(static_cast<unsigned char>(version[5])) != 0 && version[6] == '.' &&
         std::isdigit(static_cast<unsigned char>(version[7])) != 0;
}

}  // namespace

class RequestParser::Codec final : public beast::basic_parser<true> {
 public:
  Codec() {
    eager(true);
    body_limit(boost::none);   // the core names the limit, once it knows the route
    header_limit(UINT32_MAX);  // HeadScanner has done that
  }

  void decode_into(std::span<char> into) {
    into_ = into;
    produced_ = 0;
  }
  [[nodiscard]] std::size_t produced() const { return produced_; }
  [[nodiscard]] RawHead& head() { return head_; }

 private:
  void on_request_impl(beast::verb, string_view method, string_view target, int version, error_code&) override {
    head_.method = text(method);
    head_.target = text(target);
    head_.version = version;
  }
  void on_field_impl(beast::field, string_view name, string_view value, error_code&) override {
    if (in_body_) return;  // a trailer field: nothing here wants one (RFC 9110, 6.5.1)
    head_.headers.add(std::string_view(name.data(), name.size()), text(value));
  }
  void on_header_impl(error_code&) override { in_body_ = true; }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) override {
    const auto take = std::min(body.size(), into_.size() - produced_);
    std::memcpy(into_.data() + produced_, body.data(), take);
    produced_ += take;
    if (take < body.size()) ec = beast::error::need_buffer;
    return take;
  }
  // Bodies of a known length do not come through here: BodyReader counts them.
  std::size_t on_body_impl(string_view, error_code&) override { return 0; }
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  RawHead head_;
  bool in_body_ = false;
  std::span<char> into_;
  std::size_t produced_ = 0;
};

RequestParser::RequestParser() : codec_(std::make_unique<Codec>()) {}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

std::expected<RawHead, Refusal> RequestParser::parse_head(std::string_view head) {
  error_code ec;
  const auto used = codec_->put(boost::asio::const_buffer(head.data(), head.size()), ec);
  if (ec == beast::error::bad_version && names_other_version(head))
    return std::unexpected(Refusal::of(Fault::kInvalid, "this server speaks HTTP/1.1 and HTTP/1.0", 505));
  if (ec && ec != beast::error::need_more)
    return std::unexpected(Refusal::bad_request(fmt::format("malformed request: {}", ec.message())));
  if (!codec_->is_header_done() || used != head.size())
    return std::unexpected(Refusal::bad_request("malformed request head"));
  codec_->head().keep_alive = codec_->keep_alive();
  return std::move(codec_->head());
}

std::expected<RequestParser::Decoded, Refusal> RequestParser::decode_chunks(std::string_view bytes,
                                                                            std::span<char> into) {
  error_code ec;
  codec_->decode_into(into);
  const auto used = codec_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
  if (ec && ec != beast::error::need_more && ec != beast::error::need_buffer)
    return std::unexpected(Refusal::bad_request(fmt::format("malformed chunk: {}", ec.message())));
  return Decoded{used, codec_->produced(), codec_->is_done()};
}

}  // namespace berth::net
