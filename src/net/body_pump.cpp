#include "net/body_pump.h"

#include "http/failure.h"

namespace berth::net {

// Reads on while the other buffer is being written; when that is done, hands over as soon as nothing more is there.
Task<BodyResult<void>> BodyPump::fill(Patience& patience) {
  const auto memory = buffers_[filling_].memory();
  while (filled_ < memory.size() && !reader_.complete()) {
    const auto rest = memory.subspan(filled_);
    const bool idle = !write_ || write_->done();
    if (filled_ > 0 && idle) {
      const auto got = reader_.read_ready(rest);
      if (!got) co_return std::unexpected(got.error());
      if (*got == 0) break;
      filled_ += *got;
      continue;
    }
    const auto got = co_await reader_.read(rest, patience);
    if (!got) co_return std::unexpected(got.error());
    filled_ += *got;
  }
  co_return BodyResult<void>();
}

Task<Result<void>> BodyPump::join() {
  if (!write_) co_return Result<void>();
  auto written = co_await write_->result();
  write_.reset();
  co_return written;
}

// On the fs pool.
Result<void> BodyPump::write(std::string_view bytes) {
  try {
    return sink_.write(bytes);
  } catch (...) {
    return std::unexpected(http::take_failure(std::current_exception(), request_id_));
  }
}

// Waits for the write before, then starts the next and returns.
Task<Result<void>> BodyPump::write_filled() {
  auto before = co_await join();
  if (!before || filled_ == 0) co_return before;
  const std::string_view bytes(buffers_[filling_].memory().data(), std::exchange(filled_, 0));
  filling_ = 1 - filling_;
  std::move_only_function<Result<void>()> work = [this, bytes] { return write(bytes); };
  Write next(executor_, std::move(work));
  const bool started = co_await next.start_when_possible(fs_);
  if (!started) co_return std::unexpected(Error::unavailable("the server is busy", "the fs pool's queue is full"));
  write_ = std::move(next);
  co_return Result<void>();
}

Task<BodyPump::Outcome> BodyPump::run(Patience& patience) {
  while (true) {
    const auto filled = co_await fill(patience);
    auto written = co_await write_filled();
    if (written && (!filled || reader_.complete())) written = co_await join();
    if (!written) co_return std::unexpected(Trouble(std::move(written.error())));
    if (!filled) co_return std::unexpected(Trouble(filled.error()));
    if (reader_.complete()) co_return Outcome();
  }
}

}  // namespace berth::net
