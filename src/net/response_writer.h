#pragma once

#include "base/worker_pool.h"
#include "net/response_head.h"
#include "net/transport.h"

namespace berth::net {

/// Sends one response: the head and the memory that follows it in one call, files by sendfile, sources through one
/// small buffer that the fs pool fills. Never holds more of a body than that. Loop thread only.
class ResponseWriter {
 public:
  /// All must outlive write().
  ResponseWriter(Executor executor, Transport& transport, WorkerPool& fs, Patience patience)
      : executor_(executor),
        transport_(transport),
        fs_(fs),
        patience_(patience) {}

  /// kClosed: a file or source was shorter than promised. After any error the connection must end, so that the peer
  /// does not take a cut body for a whole one.
  Task<IoResult<void>> write(http::Response& response, const ReplyOptions& options);
  /// After write(): the peer knows the body's end only by the connection's.
  [[nodiscard]] bool ends_connection() const { return plan_.framing == Framing::kUntilClose; }

 private:
  using Next = std::vector<http::Piece>::iterator;

  Task<IoResult<void>> send_memory(std::string_view head, Next& next, Next end);
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
  std::uint64_t left_ = 0;  // of the promised length; without one, as good as endless
};

}  // namespace berth::net
