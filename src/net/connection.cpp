#include "net/connection.h"

#include "base/log.h"
#include "net/request_id.h"
#include "net/turned_away.h"

namespace berth::net {
namespace {

constexpr unsigned kTurn = 16;

}  // namespace

void Connection::open(IoLoop& loop, Descriptor socket, Origin origin, Admission::Ticket ticket) {
  TcpSocket adopted(loop.executor());
  boost::system::error_code failed;
  adopted.assign(origin.ipv6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), socket.get(), failed);
  if (failed) {
    loop.forget_connection();
    return log::warning("a connection could not be watched", {{"detail", failed.message()}});
  }
  socket.take();
  auto connection = std::make_unique<Connection>(loop, std::move(adopted), std::move(origin), std::move(ticket));
  asio::co_spawn(loop.executor(), live(std::move(connection)), asio::detached);
}

Connection::Connection(IoLoop& loop, TcpSocket socket, Origin origin, Admission::Ticket ticket)
    : loop_(loop),
      services_(loop.services()),
      origin_(std::move(origin)),
      ticket_(std::move(ticket)),
      transport_(std::move(socket), origin_.tls.get(), services_.metrics),
      buffer_(services_.limits.header_bytes),
      reader_(transport_, buffer_, services_.metrics, services_.limits),
      wire_{transport_, buffer_, loop_} {
  services_.metrics.opened();
  loop_.entered(*this);
}

Connection::~Connection() {
  loop_.left(*this);
  services_.metrics.closed();
}

void Connection::drain() {
  draining_ = true;
  if (idle_) transport_.stop();
}

Task<> Connection::live(std::unique_ptr<Connection> connection) {
  try {
    co_await connection->run();
  } catch (const std::exception& failure) {
    // What a caller can cause is no exception; what comes here has cost this caller the connection, and nobody else.
    log::error("a connection failed", {{"peer", connection->origin_.peer_address}, {"detail", failure.what()}});
  }
}

Task<bool> Connection::shake_hands() {
  if (!origin_.tls) co_return true;
  auto patience = Patience::fixed(services_.limits.header_time);
  auto shaken = co_await transport_.wait_readable(patience);
  if (shaken && transport_.begins_in_plain_text()) {
    services_.metrics.failed_handshake();
    transport_.send_plain(sent_to_https(loop_.http_date()));
    co_await transport_.linger(services_.limits);
    co_return false;
  }
  if (shaken) shaken = co_await transport_.handshake(patience);
  if (!shaken) services_.metrics.failed_handshake();
  co_return shaken.has_value();
}

Task<> Connection::run() {
  const bool shaken = co_await shake_hands();
  if (!shaken) co_return;
  auto after = Exchange::After::kNext;
  while (after == Exchange::After::kNext && !draining_) {
    if (buffer_.empty()) {
      const auto begun = co_await reader_.wait();
      if (!begun) break;
    }
    idle_ = false;
    if (!serve_at_once()) after = co_await serve();
    exchange_.reset();
    idle_ = true;
    // Others' turn: requests that are answered from memory never wait, and more of them may be here already.
    if (buffer_.empty() || ++in_a_row_ % kTurn != 0) continue;
    co_await asio::post(loop_.executor(), kUseTask);
  }
  if (after == Exchange::After::kLinger)
    co_await transport_.linger(services_.limits);
  else
    transport_.finish();
}

// The usual way of a pull: a head that is here, an answer that memory has, a socket that takes it. Not a coroutine, nor
// is anything below it.
bool Connection::serve_at_once() {
  const auto length = reader_.ready();
  if (length == 0) return false;
  auto head = reader_.parse(length);
  return head && begin(std::move(*head));
}

// What serve_at_once() has left.
Task<Exchange::After> Connection::serve() {
  if (!exchange_) {
    auto head = co_await reader_.read();
    if (!head) {
      const auto* refusal = std::get_if<Refusal>(&head.error().why);
      if (refusal == nullptr) co_return Exchange::After::kClose;
      const auto after = co_await Exchange::refuse(wire_, *refusal, head.error().path);
      co_return after;
    }
    if (begin(std::move(*head))) co_return Exchange::After::kNext;
  }
  const auto after = co_await exchange_->run();
  co_return after;
}

bool Connection::begin(RequestHead&& head) {
  complete(head.request);
  exchange_.emplace(wire_, std::move(head));
  return exchange_->answer_at_once();
}

void Connection::complete(http::Request& request) const {
  request.peer_address = origin_.peer_address;
  request.scheme = origin_.tls ? "https" : "http";
  services_.proxies.apply(request);
  request.request_id = request_id_for(request.headers);
}

}  // namespace berth::net
