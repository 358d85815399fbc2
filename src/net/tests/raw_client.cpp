#include "net/tests/raw_client.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <system_error>

#include "base/encoding.h"

namespace berth::net {
namespace {

void must(bool worked, const char* what) {
  if (!worked) throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

RawClient::RawClient(std::uint16_t port, const char* address)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  must(socket_ >= 0, "socket");
  const timeval patience{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  ::inet_pton(AF_INET, address, &to.sin_addr);
  must(::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0, "connect");
}

RawClient::~RawClient() {
  if (socket_ >= 0) ::close(socket_);
}

long RawClient::write_some(std::string_view bytes) {
  return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}
long RawClient::read_some(char* into, std::size_t size) {
  return ::recv(socket_, into, size, 0);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = write_some(bytes);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::read_more() {
  char piece[65536];
  const auto got = read_some(piece, sizeof piece);
  if (got <= 0) return false;
  buffer_.append(piece, static_cast<std::size_t>(got));
  return true;
}

std::optional<std::string> RawClient::line() {
  while (true) {
    if (const auto end = buffer_.find("\r\n"); end != std::string::npos) {
      auto text = buffer_.substr(0, end);
      buffer_.erase(0, end + 2);
      return text;
    }
    if (!read_more()) return std::nullopt;
  }
}

std::optional<std::string> RawClient::exactly(std::size_t size) {
  while (buffer_.size() < size)
    if (!read_more()) return std::nullopt;
  auto text = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return text;
}

std::optional<RawResponse> RawClient::ask(std::string_view request, bool head_only) {
  send(request);
  return receive(head_only);
}

std::optional<RawResponse> RawClient::receive(bool head_only) {
  RawResponse response;
  auto status = line();
  if (!status || status->size() < 12) return std::nullopt;
  response.status = std::stoi(status->substr(9, 3));
  response.head = *status + "\r\n";
  while (true) {
    const auto field = line();
    if (!field) return std::nullopt;
    if (field->empty()) break;
    response.head += *field + "\r\n";
    const auto colon = field->find(": ");
    response.headers[to_lower(field->substr(0, colon))] = field->substr(colon + 2);
  }
  const bool bodiless = head_only || response.status < 200 || response.status == 204 || response.status == 304;
  if (!bodiless && !read_body(response)) return std::nullopt;
  return response;
}

bool RawClient::read_body(RawResponse& response) {
  if (response.header("transfer-encoding") == "chunked") return read_chunks(response);
  if (response.headers.contains("content-length")) {
    auto body = exactly(std::stoull(response.header("content-length")));
    if (!body) return false;
    response.body = std::move(*body);
    return true;
  }
  response.body = rest();
  return true;
}

bool RawClient::read_chunks(RawResponse& response) {
  while (true) {
    const auto size_line = line();
    if (!size_line) return false;
    const auto size = std::stoull(*size_line, nullptr, 16);
    const auto bytes = exactly(size);
    if (!bytes || line() != "") return false;
    response.body += *bytes;
    if (size == 0) return true;
  }
}

bool RawClient::closed() {
  return buffer_.empty() && !read_more();
}

std::string RawClient::rest() {
  while (read_more()) continue;
  return std::exchange(buffer_, {});
}

void RawClient::end_sending() {
  ::shutdown(socket_, SHUT_WR);
}

void RawClient::vanish() {
  const linger reset{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  ::close(std::exchange(socket_, -1));
}

}  // namespace berth::net
