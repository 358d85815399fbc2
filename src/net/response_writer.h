#pragma once

#include "base/worker_pool.h"
#include "net/response_head.h"
#include "net/transport.h"

namespace berth::net {

/// Sends one response: the head and the memory that follows it in one call, files by sendfile, sources through one
/// small buffer that the fs pool fills. Never holds more of a body than that. Loop thread only.
class ResponseWriter {
 public:
  /// All must outlive the writer.
  ResponseWriter(Executor executor, Transport& transport, WorkerPool& fs, Patience patience)
      : executor_(executor),
        transport_(transport),
        fs_(fs),
        patience_(patience) {}

  /// First: sends what goes without waiting. True when that was the whole response, as small ones in memory are.
  /// `response` must outlive the writer.
  [[nodiscard]] bool begin(http::Response& response, const ReplyOptions& options);
  /// Then, the rest. kClosed: a file or source was shorter than promised. After any error the connection must end, so
  /// that the peer does not take a cut body for a whole one.
  Task<IoResult<void>> finish();
  /// After begin(): the peer knows the body's end only by the connection's.
  [[nodiscard]] bool ends_connection() const { return plan_.framing == Framing::kUntilClose; }

 private:
  bool gather_memory(std::string_view head);
  [[nodiscard]] More more() const;
  Task<IoResult<void>> send_gathered();
  Task<IoResult<void>> send_piece(http::Piece& piece);
  Task<IoResult<void>> send_file(FileRange& range);
  Task<IoResult<void>> send_source(Source& source);
  Task<IoResult<void>> send_bytes(std::string_view bytes, bool last);
  Task<IoResult<std::size_t>> fill(Source& source, std::span<char> into);
  Task<> warm(int file, std::uint64_t offset, std::size_t length);
  Task<IoResult<void>> send_chunk_head(std::uint64_t length);
  Task<IoResult<void>> send_slices(int file, std::uint64_t at, std::uint64_t end);
  [[nodiscard]] bool take(std::uint64_t bytes);

  Executor executor_;
  Transport& transport_;
  WorkerPool& fs_;
  Patience patience_;
  BodyPlan plan_;
  std::string head_;
  std::span<http::Piece> pieces_;  // those not begun
  Gather gather_;
  bool too_long_ = false;   // more bytes than were promised
  std::uint64_t left_ = 0;  // of the promised length; without one, as good as endless
};

}  // namespace berth::net
