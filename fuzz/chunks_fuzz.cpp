#include <array>

#include "fuzz_support.h"
#include "net/chunk_decoder.h"

using namespace berth;
using fuzz::require;

namespace {

struct Decoded {
  std::string body;
  std::size_t consumed = 0;
  bool complete = false;
  bool refused = false;
};

/// `step` bytes arrive at a time, and go into a buffer of `room` bytes.
Decoded decode(std::string_view bytes, std::size_t step, std::size_t room) {
  net::ChunkDecoder decoder;
  Decoded all;
  std::string into(room, '\0');
  for (std::size_t have = std::min(step, bytes.size()); !decoder.complete();) {
    const auto got = decoder.decode(bytes.substr(all.consumed, have - all.consumed), into);
    if (!got) {
      all.refused = true;
      break;
    }
    require(got->produced <= room && got->consumed <= have - all.consumed && got->produced <= got->consumed);
    all.body.append(into, 0, got->produced);
    all.consumed += got->consumed;
    if (got->consumed > 0) continue;
    if (have == bytes.size()) break;
    have = std::min(have + step, bytes.size());
  }
  all.complete = decoder.complete();
  return all;
}

std::string encode(std::string_view body, std::size_t chunk) {
  std::string out;
  for (std::size_t at = 0; at < body.size(); at += chunk) {
    const auto part = body.substr(at, chunk);
    out += fmt::format("{:x}\r\n{}\r\n", part.size(), part);
  }
  return out + "0\r\n\r\n";
}

}  // namespace

/// Three bytes of step, room and chunk size; the rest is first taken as chunks, then as a body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Parts parts(fuzz::text_of(data, size));
  const auto step = parts.choose(16) + 1;
  const auto room = parts.choose(16) + 1;
  const auto chunk = parts.choose(64) + 1;
  const auto bytes = parts.rest();
  const auto whole = decode(bytes, std::max<std::size_t>(bytes.size(), 1), bytes.size() + 1);
  const auto pieces = decode(bytes, step, room);
  require(whole.body == pieces.body && whole.complete == pieces.complete && whole.refused == pieces.refused);
  if (whole.complete) require(whole.consumed == pieces.consumed);
  const auto back = decode(encode(bytes, chunk) + "GET / HTTP/1.1", step, room);
  require(back.complete && back.body == bytes && back.consumed == encode(bytes, chunk).size());
  return 0;
}
