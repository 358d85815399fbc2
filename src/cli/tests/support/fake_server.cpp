#include "cli/tests/support/fake_server.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace berth::cli::testing {
namespace {

std::string read_until_blank_line(int connection) {
  std::string head;
  for (char next = 0; !head.ends_with("\r\n\r\n"); head += next)
    if (::read(connection, &next, 1) != 1) return "";
  return head;
}

std::size_t length_of(const std::string& head) {
  const std::string_view field = "Content-Length: ";
  const auto at = head.find(field);
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + field.size()));
}

}  // namespace

FakeServer::FakeServer(std::string document) : document_(std::move(document)) {
  listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listening_, generic, size) != 0 || ::listen(listening_, 8) != 0 ||
      ::getsockname(listening_, generic, &size) != 0)
    throw std::runtime_error("the test's server got no port");
  url_ = fmt::format("http://127.0.0.1:{}", ntohs(address.sin_port));
  thread_ = std::thread([this] { serve(); });
}

FakeServer::~FakeServer() {
  ::shutdown(listening_, SHUT_RDWR);
  thread_.join();
  ::close(listening_);
}

std::string FakeServer::last_request() const {
  const std::lock_guard lock(guard_);
  return last_request_;
}

void FakeServer::serve() {
  while (true) {
    const int connection = ::accept(listening_, nullptr, nullptr);
    if (connection < 0) return;
    answer_one(connection);
    ::close(connection);
  }
}

void FakeServer::answer_one(int connection) {
  const auto head = read_until_blank_line(connection);
  if (head.empty()) return;
  std::string body(length_of(head), '\0');
  if (!body.empty()) ::recv(connection, body.data(), body.size(), MSG_WAITALL);
  const auto target = head.substr(0, head.find_first_of("?\r", head.find(' ') + 1));
  {
    const std::lock_guard lock(guard_);
    last_request_ = target.substr(0, target.find(" HTTP/"));
  }
  const auto answer =
      fmt::format("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}", document_.size(), document_);
  ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
}

}  // namespace berth::cli::testing
