#include "net/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/log.h"
#include "net/connection.h"
#include "net/turned_away.h"

namespace berth::net {
namespace {

constexpr int kBacklog = 4096;
constexpr int kBatch = 64;
constexpr std::size_t kFirstBytes = 4096;
constexpr std::chrono::milliseconds kPause(100);  // after EMFILE: a descriptor must close first

asio::ip::address address_of(const sockaddr_storage& from) {
  if (from.ss_family != AF_INET6)
    return asio::ip::address_v4(ntohl(reinterpret_cast<const sockaddr_in&>(from).sin_addr.s_addr));
  asio::ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, bytes.size());
  const asio::ip::address_v6 address(bytes);
  if (address.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, address);
  return address;
}

// Whom Limits::connections_per_peer counts as one: an IPv6 customer has a /64 at least.
std::string peer_key(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  return asio::ip::address_v6(bytes).to_string();
}

bool out_of_resources(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Listener::Listener(IoLoop& home, const Loops& loops, Services& services)
    : home_(home),
      loops_(loops),
      services_(services),
      acceptor_(home.executor()) {}

Result<std::unique_ptr<Listener>> Listener::open(const ListenerSettings& settings, IoLoop& home, const Loops& loops,
                                                 Services& services) {
  std::unique_ptr<Listener> listener(new Listener(home, loops, services));
  if (settings.tls) {
    auto context = TlsContext::load(*settings.tls);
    if (!context) return std::unexpected(std::move(context.error()));
    listener->tls_ = std::make_unique<CurrentTls>(*settings.tls, std::move(*context));
  }
  if (auto bound = listener->bind(settings); !bound) return std::unexpected(std::move(bound.error()));
  return listener;
}

Result<void> Listener::bind(const ListenerSettings& settings) {
  boost::system::error_code failed;
  const auto address = asio::ip::make_address(settings.address, failed);
  if (failed) return fail(Fault::kInvalid, fmt::format("\"{}\" is no IP address to listen on", settings.address));
  const asio::ip::tcp::endpoint endpoint(address, settings.port);
  acceptor_.open(endpoint.protocol(), failed);
  if (!failed) acceptor_.set_option(Acceptor::reuse_address(true), failed);
  if (!failed && address.is_v6()) acceptor_.set_option(asio::ip::v6_only(false), failed);
  if (!failed) acceptor_.bind(endpoint, failed);
  if (!failed) acceptor_.listen(kBacklog, failed);
  if (!failed) acceptor_.native_non_blocking(true, failed);
  if (failed)
    return fail(Fault::kUnavailable,
                fmt::format("cannot listen on {} port {}: {}", settings.address, settings.port, failed.message()));
  port_ = acceptor_.local_endpoint().port();
  return {};
}

void Listener::start() {
  asio::co_spawn(home_.executor(), accept_all(), asio::detached);
}

void Listener::close() {
  asio::post(home_.executor(), [this] {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
  });
}

Result<void> Listener::reload() {
  return tls_ ? tls_->reload() : Result<void>();
}

Task<> Listener::accept_all() {
  Timer pause(home_.executor());
  while (acceptor_.is_open()) {
    boost::system::error_code failed;
    co_await acceptor_.async_wait(Acceptor::wait_read, asio::redirect_error(kUseTask, failed));
    if (failed || !acceptor_.is_open()) continue;
    if (accept_ready()) continue;
    pause.expires_after(kPause);
    co_await pause.async_wait(asio::redirect_error(kUseTask, failed));
  }
}

// False when the process has no room for another socket: the backlog keeps them until it has.
bool Listener::accept_ready() {
  for (int i = 0; i < kBatch; ++i) {
    sockaddr_storage from{};
    socklen_t length = sizeof from;
    const int socket =
        ::accept4(acceptor_.native_handle(), reinterpret_cast<sockaddr*>(&from), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
      admit(socket, address_of(from), from.ss_family == AF_INET6);
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
    if (out_of_resources(errno)) {
      log::warning("connections wait: no more descriptors", {{"error", errno}});
      return false;
    }
    // All else is the one connection's trouble (accept(2), "Error handling").
  }
  return true;
}

void Listener::admit(int socket, const asio::ip::address& peer, bool ipv6) {
  auto peer_address = peer.to_string();
  const auto key = services_.proxies.trusts(peer_address) ? std::string() : peer_key(peer);
  auto ticket = services_.admission.enter(key);
  if (!ticket) return turn_away(socket, ticket.error());
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  hand_over(socket, std::move(peer_address), ipv6, std::move(*ticket));
}

void Listener::hand_over(int socket, std::string peer_address, bool ipv6, Admission::Ticket ticket) {
  auto& loop = **std::ranges::min_element(loops_, {}, [](const auto& each) { return each->load(); });
  loop.expect_connection();
  Origin origin{std::move(peer_address), ipv6, tls_ ? tls_->get() : nullptr};
  asio::post(loop.executor(),
             [&loop, held = Descriptor(socket), origin = std::move(origin), ticket = std::move(ticket)]() mutable {
               Connection::open(loop, std::move(held), std::move(origin), std::move(ticket));
             });
}

// One attempt, and not on TLS: who is over the limit is not worth a handshake, nor a line in the log.
void Listener::turn_away(int socket, Admission::Refused why) {
  const Descriptor held(socket);
  why == Admission::Refused::kPeer ? services_.metrics.refused_peer() : services_.metrics.refused_total();
  if (tls_) return;
  // What has come already tells whose errors they read, and does not turn the answer into a reset.
  std::array<char, kFirstBytes> begun;
  const auto got = ::recv(socket, begun.data(), begun.size(), MSG_DONTWAIT);
  const std::string_view said(begun.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  const auto answer = turned_away(why, said, home_.http_date());
  (void)::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace berth::net
