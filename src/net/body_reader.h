#pragma once

#include <variant>

#include "net/chunk_decoder.h"
#include "net/read_buffer.h"
#include "net/request_head.h"
#include "net/transport.h"

namespace berth::net {

/// Why a body was not whole: the connection, or what came over it.
using BodyTrouble = std::variant<Broken, Refusal>;
template <class T>
using BodyResult = std::expected<T, BodyTrouble>;

/// The body of one request, decoded, and not a byte more: what follows stays in the ReadBuffer. Loop thread only.
class BodyReader {
 public:
  /// All must outlive the reader.
  BodyReader(Transport& transport, ReadBuffer& buffer, const RequestHead& head)
      : transport_(transport),
        buffer_(buffer),
        chunked_(head.chunked),
        remaining_(head.request.content_length.value_or(0)),
        complete_(!head.request.has_body) {}

  [[nodiscard]] bool complete() const { return complete_; }
  /// How much is still to come; nullopt when only the peer knows.
  [[nodiscard]] std::optional<std::uint64_t> remaining() const;

  /// At least one byte, unless that was the end: see complete(). `into` is not empty.
  Task<BodyResult<std::size_t>> read(std::span<char> into, Patience& patience);
  /// As much as is there without waiting; 0 when that is nothing.
  BodyResult<std::size_t> read_ready(std::span<char> into);
  /// Reads away at most `limit` bytes. False when the body is not over by then.
  Task<bool> discard(std::size_t limit, Patience& patience);

 private:
  Task<BodyResult<std::size_t>> read_counted(std::span<char> into, Patience& patience);
  Task<BodyResult<std::size_t>> read_chunked(std::span<char> into, Patience& patience);
  std::size_t take_buffered(std::span<char> into);
  BodyResult<std::size_t> decode(std::span<char> into);
  std::size_t count(std::size_t bytes);

  Transport& transport_;
  ReadBuffer& buffer_;
  ChunkDecoder chunks_;
  bool chunked_;
  std::uint64_t remaining_;
  bool complete_;
};

}  // namespace berth::net
