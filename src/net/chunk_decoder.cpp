#include "net/chunk_decoder.h"

#include <algorithm>
#include <cstring>

namespace berth::net {
namespace {

constexpr int kMostDigits = 15;  // 2^60: never overflows, and no blob is larger
constexpr std::size_t kMostExtension = 256;
constexpr std::size_t kMostTrailer = 8U << 10;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::expected<ChunkDecoder::Decoded, Refusal> ChunkDecoder::decode(std::string_view bytes, std::span<char> into) {
  Decoded done;
  while (done.consumed < bytes.size() && state_ != State::kComplete) {
    if (state_ != State::kData) {
      if (step(bytes[done.consumed])) {
        ++done.consumed;
        continue;
      }
      if (done.produced > 0) break;
      return std::unexpected(Refusal::bad_request("malformed chunk"));
    }
    const auto take = static_cast<std::size_t>(
        std::min<std::uint64_t>({left_, bytes.size() - done.consumed, into.size() - done.produced}));
    if (take == 0) break;
    std::memcpy(into.data() + done.produced, bytes.data() + done.consumed, take);
    done.consumed += take;
    done.produced += take;
    left_ -= take;
    if (left_ == 0) state_ = State::kDataReturn;
  }
  return done;
}

// One byte of the framing. False for a byte that does not belong there; the state stays, so it is wrong again next
// time.
bool ChunkDecoder::step(char c) {
  switch (state_) {
    case State::kSize:
      return size_digit(c);
    case State::kExtension:
      return c == '\r' ? expect(c, '\r', State::kSizeFeed) : text(c, kMostExtension);
    case State::kSizeFeed:
      return expect(c, '\n', left_ > 0 ? State::kData : State::kTrailerStart);
    case State::kDataReturn:
      return expect(c, '\r', State::kDataFeed);
    case State::kDataFeed:
      digits_ = 0;
      dropped_ = 0;
      return expect(c, '\n', State::kSize);
    case State::kTrailerStart:
      if (c == '\r') return expect(c, '\r', State::kLastFeed);
      if (c == ' ' || c == '\t' || !text(c, kMostTrailer)) return false;
      state_ = State::kTrailer;
      return true;
    case State::kTrailer:
      return c == '\r' ? expect(c, '\r', State::kTrailerFeed) : text(c, kMostTrailer);
    case State::kTrailerFeed:
      return expect(c, '\n', State::kTrailerStart);
    case State::kLastFeed:
      return expect(c, '\n', State::kComplete);
    case State::kData:
    case State::kComplete:
      break;
  }
  return false;
}

bool ChunkDecoder::size_digit(char c) {
  if (const int value = hex_value(c); value >= 0) {
    if (digits_ == kMostDigits) return false;
    ++digits_;
    left_ = left_ * 16 + static_cast<std::uint64_t>(value);
    return true;
  }
  if (digits_ == 0) return false;
  if (c == ';') return expect(c, ';', State::kExtension);
  return expect(c, '\r', State::kSizeFeed);
}

bool ChunkDecoder::text(char c, std::size_t most) {
  const auto byte = static_cast<unsigned char>(c);
  if ((byte < 0x20 && c != '\t') || byte == 0x7f || dropped_ == most) return false;
  ++dropped_;
  return true;
}

bool ChunkDecoder::expect(char c, char wanted, State next) {
  if (c != wanted) return false;
  state_ = next;
  return true;
}

}  // namespace berth::net
