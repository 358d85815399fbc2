#include "net/response_writer.h"

#include "http/failure.h"
#include "net/cold_file.h"
#include "net/pool_call.h"

namespace berth::net {
namespace {

constexpr std::size_t kSlice = 1U << 20;
constexpr std::size_t kSourceBuffer = 32U << 10;

// nullopt for what is not in memory.
std::optional<std::string_view> memory_of(const http::Piece& piece) {
  if (const auto* text = std::get_if<std::string>(&piece)) return std::string_view(*text);
  if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&piece)) return std::string_view(**shared);
  return std::nullopt;
}

}  // namespace

bool ResponseWriter::begin(http::Response& response, const ReplyOptions& options) {
  plan_ = plan_body(response, options);
  left_ = plan_.length.value_or(UINT64_MAX);
  head_ = render_head(response, plan_, options);
  if (plan_.send) pieces_ = response.body;
  too_long_ = !gather_memory(head_);
  const bool whole =
      pieces_.empty() && plan_.framing != Framing::kChunked && (plan_.framing != Framing::kLength || left_ == 0);
  return !too_long_ && transport_.write_ready(gather_, more()) && whole;
}

Task<IoResult<void>> ResponseWriter::finish() {
  if (too_long_) co_return std::unexpected(Broken::kClosed);
  auto sent = co_await send_gathered();
  while (sent && !pieces_.empty()) {
    auto& piece = pieces_.front();
    pieces_ = pieces_.subspan(1);
    sent = co_await send_piece(piece);
    if (!sent) break;
    if (!gather_memory({})) co_return std::unexpected(Broken::kClosed);
    sent = co_await send_gathered();
  }
  if (sent && plan_.framing == Framing::kChunked) sent = co_await send_bytes({}, true);
  if (sent && plan_.framing == Framing::kLength && left_ > 0) sent = std::unexpected(Broken::kClosed);
  co_return sent;
}

// False where a body would be longer than its Content-Length: what follows would be taken for the next response.
bool ResponseWriter::take(std::uint64_t bytes) {
  if (bytes > left_) return false;
  left_ -= bytes;
  return true;
}

// The head and all pieces of memory up to the next that is not; chunked ones go one by one. False when the body is too
// long.
bool ResponseWriter::gather_memory(std::string_view head) {
  gather_ = Gather();
  gather_.add(head);
  if (plan_.framing == Framing::kChunked) return true;
  while (!pieces_.empty() && !gather_.full()) {
    const auto memory = memory_of(pieces_.front());
    if (!memory) break;
    if (!take(memory->size())) return false;
    gather_.add(*memory);
    pieces_ = pieces_.subspan(1);
  }
  return true;
}

// Nothing is held back for a source: its first bytes may take long (an event stream).
More ResponseWriter::more() const {
  const bool more = !pieces_.empty() && !std::holds_alternative<std::unique_ptr<Source>>(pieces_.front());
  return more ? More::kYes : More::kNo;
}

Task<IoResult<void>> ResponseWriter::send_gathered() {
  if (gather_.empty()) co_return IoResult<void>();
  const auto sent = co_await transport_.write_all(gather_, more(), patience_);
  co_return sent;
}

Task<IoResult<void>> ResponseWriter::send_piece(http::Piece& piece) {
  if (auto* file = std::get_if<FileRange>(&piece)) {
    const auto sent = co_await send_file(*file);
    co_return sent;
  }
  if (auto* source = std::get_if<std::unique_ptr<Source>>(&piece)) {
    const auto sent = co_await send_source(**source);
    co_return sent;
  }
  const auto sent = co_await send_bytes(memory_of(piece).value_or(std::string_view()), false);
  co_return sent;
}

// As it is, or as one chunk (RFC 9112, 7.1): "5\r\nhello\r\n"; the last one is "0\r\n\r\n".
Task<IoResult<void>> ResponseWriter::send_bytes(std::string_view bytes, bool last) {
  if (!take(bytes.size())) co_return std::unexpected(Broken::kClosed);
  Gather gather;
  std::string size;
  if (plan_.framing != Framing::kChunked) {
    gather.add(bytes);
  } else if (!bytes.empty() || last) {
    size = fmt::format("{:x}\r\n", bytes.size());
    gather.add(size);
    gather.add(bytes);
    gather.add("\r\n");
  }
  const auto sent = co_await transport_.write_all(gather, More::kNo, patience_);
  co_return sent;
}

Task<IoResult<void>> ResponseWriter::send_chunk_head(std::uint64_t length) {
  const auto size = fmt::format("{:x}\r\n", length);
  Gather gather;
  gather.add(size);
  const auto sent = co_await transport_.write_all(gather, More::kYes, patience_);
  co_return sent;
}

Task<IoResult<void>> ResponseWriter::send_file(FileRange& range) {
  if (range.length == 0) co_return IoResult<void>();
  if (!take(range.length)) co_return std::unexpected(Broken::kClosed);
  const bool chunked = plan_.framing == Framing::kChunked;
  IoResult<void> sent;
  if (chunked) sent = co_await send_chunk_head(range.length);
  if (sent) sent = co_await send_slices(range.file->descriptor(), range.offset, range.offset + range.length);
  if (!sent || !chunked) co_return sent;
  Gather gather;
  gather.add("\r\n");
  sent = co_await transport_.write_all(gather, More::kNo, patience_);
  co_return sent;
}

Task<IoResult<void>> ResponseWriter::send_slices(int file, std::uint64_t at, std::uint64_t end) {
  std::size_t since_turn = 0;
  for (auto warm_until = at; at < end;) {
    const auto slice = static_cast<std::size_t>(std::min<std::uint64_t>(end - at, kSlice));
    if (at >= warm_until) {
      if (is_cold(file, at, slice)) co_await warm(file, at, slice);
      warm_until = at + slice;
    }
    const auto sent = co_await transport_.send_file_slice(file, at, slice, patience_);
    if (!sent) co_return std::unexpected(sent.error());
    at += *sent;
    // Others' turn: a fast reader of a large file never makes sendfile say "wait".
    since_turn += *sent;
    if (since_turn < kSlice || at == end) continue;
    since_turn = 0;
    co_await asio::post(executor_, kUseTask);
  }
  co_return IoResult<void>();
}

// A full pool is no error here: sendfile waits for the disk itself, then.
Task<> ResponseWriter::warm(int file, std::uint64_t offset, std::size_t length) {
  std::move_only_function<bool()> work = [file, offset, length] {
    warm_up(file, offset, length);
    return true;
  };
  PoolCall<bool> call(executor_, std::move(work));
  if (call.start(fs_)) co_await call.result();
}

Task<IoResult<void>> ResponseWriter::send_source(Source& source) {
  const auto memory = std::make_unique_for_overwrite<char[]>(kSourceBuffer);
  while (left_ > 0) {
    const std::span<char> into(memory.get(), static_cast<std::size_t>(std::min<std::uint64_t>(kSourceBuffer, left_)));
    const auto got = co_await fill(source, into);
    if (!got) co_return std::unexpected(got.error());
    if (*got == 0) break;
    const auto sent = co_await send_bytes(std::string_view(memory.get(), *got), false);
    if (!sent) co_return sent;
  }
  co_return IoResult<void>();
}

Task<IoResult<std::size_t>> ResponseWriter::fill(Source& source, std::span<char> into) {
  // nullopt: the origin failed, and the log says how.
  std::move_only_function<std::optional<std::size_t>()> work = [&source, into]() -> std::optional<std::size_t> {
    try {
      return source.read(into);
    } catch (...) {
      (void)http::take_failure(std::current_exception(), {});
      return std::nullopt;
    }
  };
  PoolCall<std::optional<std::size_t>> call(executor_, std::move(work));
  const bool started = co_await call.start_when_possible(fs_);
  if (!started) co_return std::unexpected(Broken::kFailed);
  const auto got = co_await call.result();
  if (!got) co_return std::unexpected(Broken::kClosed);
  co_return *got;
}

}  // namespace berth::net
