#include "connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

namespace berth::load {

Task<Done> Connection::fill() {
  std::array<char, 16384> piece;
  auto reading = stream_.read(piece);
  const auto got = co_await reading;
  buffer_.append(piece.data(), got);
  co_return Done{};
}

Task<std::string> Connection::read_line() {
  while (!buffer_.contains("\r\n")) {
    auto filling = fill();
    co_await filling;
  }
  const auto end = buffer_.find("\r\n");
  auto line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  co_return line;
}

Task<Done> Connection::skip(std::uint64_t count) {
  const auto here = std::min<std::uint64_t>(count, buffer_.size());
  buffer_.erase(0, here);
  auto discarding = stream_.discard(count - here);
  co_await discarding;
  co_return Done{};
}

Task<std::uint64_t> Connection::skip_chunks() {
  std::uint64_t total = 0;
  while (true) {
    auto reading = read_line();
    const auto line = co_await reading;
    std::uint64_t size = 0;
    if (std::from_chars(line.data(), line.data() + line.size(), size, 16).ptr == line.data())
      throw std::runtime_error("a chunk has no size");
    auto skipping = skip(size + 2);  // the chunk and its \r\n; after the last one, the end of no trailers
    co_await skipping;
    total += size;
    if (size == 0) co_return total;
  }
}

Task<Answer> Connection::exchange(const Request& request) {
  auto sending = stream_.write(request.head);
  co_await sending;
  for (const auto part : request.body) {
    auto sending_part = stream_.write(part);
    co_await sending_part;
  }
  std::size_t end = std::string::npos;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (buffer_.size() > 65536) throw std::runtime_error("the answer's head does not end");
    auto filling = fill();
    co_await filling;
  }
  Answer answer{ResponseHead::parse(std::string_view(buffer_).substr(0, end + 4)), 0};
  buffer_.erase(0, end + 4);
  const bool bodiless = request.is_head || answer.head.status == 204 || answer.head.status == 304;
  if (!bodiless && answer.head.chunked) {
    auto skipping = skip_chunks();
    answer.body_bytes = co_await skipping;
  } else if (!bodiless) {
    if (!answer.head.length) throw std::runtime_error("an answer with neither length nor chunks");
    answer.body_bytes = *answer.head.length;
    auto skipping = skip(answer.body_bytes);
    co_await skipping;
  }
  if (answer.head.closes) throw std::runtime_error(fmt::format("answer {} closes the connection", answer.head.status));
  co_return answer;
}

std::string request_head(std::string_view method, std::string_view path, std::string_view authority,
                         std::string_view fields) {
  return fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n{}\r\n", method, path, authority, fields);
}

std::string bearer(std::string_view token) {
  return token.empty() ? std::string() : fmt::format("Authorization: Bearer {}\r\n", token);
}

}  // namespace berth::load
