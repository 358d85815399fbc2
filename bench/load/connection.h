#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "response_head.h"
#include "stream.h"

namespace berth::load {

/// What goes out: a finished head and the body in parts, all of which outlive the exchange.
struct Request {
  std::string_view head;
  std::vector<std::string_view> body;
  bool is_head = false;  // its answer has no body, whatever its length says
};

struct Answer {
  ResponseHead head;
  std::uint64_t body_bytes = 0;
};

/// One keep-alive connection: exchanges one after the other. An answer that ends the connection is an error, since the
/// server was asked to keep it.
class Connection {
 public:
  Connection(EventLoop& loop, const Address& address) : stream_(loop, address) {}

  Task<Done> connect() { return stream_.connect(); }
  Task<Answer> exchange(const Request& request);

 private:
  Task<Done> fill();
  Task<std::string> read_line();
  Task<Done> skip(std::uint64_t count);
  Task<std::uint64_t> skip_chunks();

  Stream stream_;
  std::string buffer_;  // received and not yet used
};

/// `METHOD path HTTP/1.1` with the fields that every request has. `fields`: further lines, each with its \r\n.
std::string request_head(std::string_view method, std::string_view path, std::string_view authority,
                         std::string_view fields);
/// The field's line, or nothing without a token.
std::string bearer(std::string_view token);

}  // namespace berth::load
