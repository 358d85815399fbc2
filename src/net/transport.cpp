#include "net/transport.h"

#include <sys/socket.h>

namespace berth::net {

void Gather::add(std::string_view bytes) {
  if (bytes.empty()) return;
  parts_[end_++] = iovec{const_cast<char*>(bytes.data()), bytes.size()};  // only ever read
}

void Gather::advance(std::size_t bytes) {
  while (bytes > 0) {
    auto& part = parts_[begin_];
    const auto step = std::min(bytes, part.iov_len);
    part.iov_base = static_cast<char*>(part.iov_base) + step;
    part.iov_len -= step;
    bytes -= step;
    if (part.iov_len == 0) ++begin_;
  }
}

Transport::Transport(TcpSocket socket, const TlsContext* tls, Metrics& metrics)
    : socket_(std::move(socket)),
      stream_(tls == nullptr ? make_plain_stream(socket_.native_handle()) : tls->make_stream(socket_.native_handle())),
      deadline_(socket_.get_executor(), socket_),
      metrics_(metrics) {}

Task<IoResult<void>> Transport::wait(Attempt::Kind want, Patience& patience) {
  if (stopped_) co_return std::unexpected(Broken::kStopped);
  if (want == Attempt::Kind::kMoved) co_return IoResult<void>();
  if (want == Attempt::Kind::kEnd) co_return std::unexpected(Broken::kClosed);
  if (want == Attempt::Kind::kFailed) co_return std::unexpected(Broken::kFailed);
  if (patience.left() <= SteadyClock::duration::zero()) co_return std::unexpected(Broken::kTimeout);
  const auto began = SteadyClock::now();
  const auto what = want == Attempt::Kind::kWantRead ? TcpSocket::wait_read : TcpSocket::wait_write;
  boost::system::error_code failed;
  deadline_.set(began + patience.left());
  co_await socket_.async_wait(what, asio::redirect_error(kUseTask, failed));
  deadline_.clear();
  patience.waited(SteadyClock::now() - began);
  if (stopped_) co_return std::unexpected(Broken::kStopped);
  if (deadline_.expired()) co_return std::unexpected(Broken::kTimeout);
  if (failed) co_return std::unexpected(Broken::kFailed);
  co_return IoResult<void>();
}

Task<IoResult<void>> Transport::handshake(Patience& patience) {
  while (true) {
    const auto attempt = stream_->try_handshake();
    if (attempt.kind == Attempt::Kind::kMoved) co_return IoResult<void>();
    const auto ready = co_await wait(attempt.kind, patience);
    if (!ready) co_return ready;
  }
}

// Not a coroutine itself: one frame less for each request.
Task<IoResult<void>> Transport::wait_readable(Patience& patience) {
  return wait(stream_->has_pending() ? Attempt::Kind::kMoved : Attempt::Kind::kWantRead, patience);
}

Task<IoResult<std::size_t>> Transport::read_some(std::span<char> into, Patience& patience) {
  while (true) {
    const auto attempt = stream_->try_read(into);
    if (attempt.kind == Attempt::Kind::kEnd) co_return std::size_t{0};
    if (attempt.kind == Attempt::Kind::kMoved) {
      patience.moved(attempt.bytes);
      metrics_.received(attempt.bytes);
      co_return attempt.bytes;
    }
    const auto ready = co_await wait(attempt.kind, patience);
    if (!ready) co_return std::unexpected(ready.error());
  }
}

std::size_t Transport::read_ready(std::span<char> into) {
  const auto attempt = stream_->try_read(into);
  if (attempt.kind != Attempt::Kind::kMoved) return 0;  // an end or a failure shows again at the next read
  metrics_.received(attempt.bytes);
  return attempt.bytes;
}

bool Transport::write_ready(Gather& gather, More more) {
  if (stopped_) return false;
  const auto attempt = stream_->try_write(gather.parts(), more);
  if (attempt.kind != Attempt::Kind::kMoved) return false;
  gather.advance(attempt.bytes);
  metrics_.sent(attempt.bytes);
  return gather.empty();
}

Task<IoResult<void>> Transport::write_all(Gather& gather, More more, Patience& patience) {
  while (!gather.empty()) {
    const auto attempt = stream_->try_write(gather.parts(), more);
    if (attempt.kind == Attempt::Kind::kMoved) {
      gather.advance(attempt.bytes);
      patience.moved(attempt.bytes);
      metrics_.sent(attempt.bytes);
      continue;
    }
    const auto ready = co_await wait(attempt.kind, patience);
    if (!ready) co_return ready;
  }
  co_return IoResult<void>();
}

Task<IoResult<std::size_t>> Transport::send_file_slice(int file, std::uint64_t offset, std::size_t length,
                                                       Patience& patience) {
  while (true) {
    const auto attempt = stream_->try_send_file(file, offset, length);
    if (attempt.kind == Attempt::Kind::kMoved) {
      patience.moved(attempt.bytes);
      metrics_.sent(attempt.bytes);
      co_return attempt.bytes;
    }
    const auto ready = co_await wait(attempt.kind, patience);
    if (!ready) co_return std::unexpected(ready.error());
  }
}

bool Transport::begins_in_plain_text() const {
  char first = 0;
  const auto got = ::recv(const_cast<TcpSocket&>(socket_).native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 1 && first >= 'A' && first <= 'Z';
}

void Transport::send_plain(std::string_view bytes) {
  (void)::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

Task<> Transport::linger(const Limits& limits) {
  finish();
  auto patience = Patience::fixed(limits.linger_time);
  for (std::size_t forgotten = 0; forgotten < limits.linger_bytes;) {
    // MSG_TRUNC: TCP drops the bytes without copying them (tcp(7)). Below TLS, too: nobody will decrypt them.
    const auto got = ::recv(socket_.native_handle(), nullptr, 1U << 20, MSG_TRUNC | MSG_DONTWAIT);
    if (got > 0) {
      forgotten += static_cast<std::size_t>(got);
      continue;
    }
    if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) co_return;
    const auto ready = co_await wait(Attempt::Kind::kWantRead, patience);
    if (!ready) co_return;
  }
}

void Transport::finish() {
  stream_->say_goodbye();
  boost::system::error_code ignored;
  socket_.shutdown(TcpSocket::shutdown_send, ignored);
}

void Transport::give_up() {
  const struct linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Transport::stop() {
  stopped_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

}  // namespace berth::net
