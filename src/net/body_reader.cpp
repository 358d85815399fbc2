#include "net/body_reader.h"

namespace berth::net {

std::optional<std::uint64_t> BodyReader::remaining() const {
  if (complete_) return 0;
  if (chunked_) return std::nullopt;
  return remaining_;
}

Task<BodyResult<std::size_t>> BodyReader::read(std::span<char> into, Patience& patience) {
  return chunked_ ? read_chunked(into, patience) : read_counted(into, patience);
}

std::size_t BodyReader::count(std::size_t bytes) {
  remaining_ -= bytes;
  complete_ = remaining_ == 0;
  return bytes;
}

std::size_t BodyReader::take_buffered(std::span<char> into) {
  const auto there = buffer_.bytes().substr(0, into.size());
  if (there.empty()) return 0;
  std::memcpy(into.data(), there.data(), there.size());
  buffer_.consume(there.size());
  return count(there.size());
}

// Straight from the socket into the caller's memory: the parser and our own buffer see nothing of such a body.
Task<BodyResult<std::size_t>> BodyReader::read_counted(std::span<char> into, Patience& patience) {
  into = into.first(std::min<std::uint64_t>(into.size(), remaining_));
  if (const auto taken = take_buffered(into); taken > 0) co_return taken;
  const auto got = co_await transport_.read_some(into, patience);
  if (!got) co_return std::unexpected(BodyTrouble(got.error()));
  if (*got == 0) co_return std::unexpected(BodyTrouble(Broken::kClosed));
  co_return count(*got);
}

BodyResult<std::size_t> BodyReader::decode(std::span<char> into) {
  auto decoded = chunks_.decode(buffer_.bytes(), into);
  if (!decoded) return std::unexpected(BodyTrouble(std::move(decoded.error())));
  buffer_.consume(decoded->consumed);
  complete_ = chunks_.complete();
  return decoded->produced;
}

Task<BodyResult<std::size_t>> BodyReader::read_chunked(std::span<char> into, Patience& patience) {
  while (true) {
    auto produced = decode(into);
    if (!produced || *produced > 0 || complete_) co_return produced;
    const auto room = buffer_.room();  // the decoder leaves nothing in the buffer
    const auto got = co_await transport_.read_some(room, patience);
    if (!got) co_return std::unexpected(BodyTrouble(got.error()));
    if (*got == 0) co_return std::unexpected(BodyTrouble(Broken::kClosed));
    buffer_.commit(*got);
  }
}

BodyResult<std::size_t> BodyReader::read_ready(std::span<char> into) {
  if (!chunked_) {
    into = into.first(std::min<std::uint64_t>(into.size(), remaining_));
    if (const auto taken = take_buffered(into); taken > 0) return taken;
    return count(transport_.read_ready(into));
  }
  if (const auto room = buffer_.room(); !room.empty()) buffer_.commit(transport_.read_ready(room));
  return decode(into);
}

Task<bool> BodyReader::discard(std::size_t limit, Patience& patience) {
  const auto scratch = std::make_unique_for_overwrite<char[]>(16U << 10);
  const std::span<char> into(scratch.get(), 16U << 10);
  std::size_t discarded = 0;
  while (!complete_ && discarded < limit) {
    const auto got = co_await read(into, patience);
    if (!got) co_return false;
    discarded += *got;
  }
  co_return complete_;
}

}  // namespace berth::net
