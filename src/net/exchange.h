#pragma once

#include "net/body_reader.h"
#include "net/io_loop.h"
#include "net/pool_call.h"
#include "net/response_writer.h"

namespace berth::net {

/// What a connection lends to its exchanges, one at a time.
struct Wire {
  Transport& transport;
  ReadBuffer& buffer;
  IoLoop& loop;
};

/// One request and its response: asks the core, reads the body the way it wants, sends what it answers. Loop thread
/// only; what the core does runs on the pools.
class Exchange {
 public:
  /// `wire` must outlive the exchange.
  Exchange(Wire& wire, RequestHead&& head);

  /// What the connection is good for afterwards. kLinger: the peer may still be sending; see Transport::linger().
  enum class After { kNext, kClose, kLinger };

  /// First: what memory knows is answered without a wait, and without a coroutine. True when that was all, as with most
  /// pulls, and the connection is good for the next request.
  [[nodiscard]] bool answer_at_once();
  /// Then, the rest.
  Task<After> run();

  /// Answers a request that has no exchange.
  static Task<After> refuse(Wire& wire, const Refusal& refusal, std::string_view path);

 private:
  using Begun = std::variant<http::Response, http::Dispatch::Buffered, http::Dispatch::Streamed, http::Dispatch::Later>;

  Task<std::optional<Begun>> begin();
  Begun settle(http::Dispatch dispatch) const;
  Task<After> serve_buffered(http::Dispatch::Buffered& route);
  Task<After> serve_streamed(http::Dispatch::Streamed& route);
  Task<std::optional<http::Response>> run_with(std::string& body, http::Dispatch::Buffered& route);
  Task<BodyResult<std::string>> read_whole(std::size_t limit, BodyBudget::Share& share);
  Task<bool> say_continue();
  Task<After> answer_trouble(const BodyTrouble& trouble);
  Task<After> answer_busy();
  [[nodiscard]] ReplyOptions reply_options(const http::Response& response) const;
  [[nodiscard]] bool begin_answer(http::Response& response);
  Task<After> answer(http::Response& response);
  Task<After> finish_answer();
  Task<After> after_answer();
  [[nodiscard]] bool must_close() const;

  bool gave_up_ = false;  // on a body that stalled or was cut: nothing more of it is waited for

  Wire& wire_;
  Services& services_;
  RequestHead head_;
  http::Method method_;
  bool has_body_;
  std::string path_;  // these two from begin() on, which gives the request away
  std::string request_id_;
  BodyReader body_;
  bool continued_ = false;
  std::optional<http::Response> known_;   // from memory
  std::optional<ResponseWriter> writer_;  // from the first byte of the answer on
  bool close_ = false;                    // after the answer
};

}  // namespace berth::net
