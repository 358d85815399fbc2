#include "net/exchange.h"

#include "base/encoding.h"
#include "http/failure.h"
#include "net/body_pump.h"
#include "net/request_id.h"
#include "net/stream_end.h"

namespace berth::net {
namespace {

constexpr std::size_t kFirstRead = 16U << 10;

bool says_close(const http::Response& response) {
  const auto value = response.headers.find("Connection");
  return value && equal_ignoring_case(*value, "close");
}

Refusal too_large(std::size_t limit) {
  return Refusal::of(Fault::kTooLarge, fmt::format("a body has at most {} bytes here", limit));
}

Refusal too_many_bodies() {
  return {Error::unavailable("the server is busy", "the bodies that are being read take all memory there is for them")};
}

// nullopt: there is nobody left to tell.
std::optional<Refusal> refusal_for(const BodyTrouble& trouble) {
  if (const auto* refusal = std::get_if<Refusal>(&trouble)) return *refusal;
  switch (std::get<Broken>(trouble)) {
    case Broken::kTimeout:
      return Refusal::of(Fault::kTimeout, "the body came too slowly");
    case Broken::kClosed:
      return Refusal::bad_request("the body is shorter than announced");
    default:
      return std::nullopt;
  }
}

std::optional<http::Response> run_unless_slow(http::Dispatch::Buffered& route, std::string& body) {
  if (!route.before) return route.run(std::move(body));
  auto where = route.before(body);
  if (auto* response = std::get_if<http::Response>(&where)) return std::move(*response);
  if (std::get<http::Dispatch::Pool>(where) == http::Dispatch::Pool::kLogins) return std::nullopt;
  return route.run(std::move(body));
}

}  // namespace

Exchange::Exchange(Wire& wire, RequestHead&& head)
    : wire_(wire),
      services_(wire.loop.services()),
      head_(std::move(head)),
      method_(head_.request.method),
      has_body_(head_.request.has_body),
      body_(wire.transport, wire.buffer, head_) {}

bool Exchange::answer_at_once() {
  known_ = services_.core.recall(head_.request);
  return known_ && begin_answer(*known_);
}

Task<Exchange::After> Exchange::run() {
  if (known_) {
    const auto after = co_await finish_answer();
    co_return after;
  }
  auto begun = co_await begin();
  if (!begun) {
    const auto after = co_await answer_busy();
    co_return after;
  }
  if (auto* route = std::get_if<http::Dispatch::Buffered>(&*begun)) {
    const auto after = co_await serve_buffered(*route);
    co_return after;
  }
  if (auto* route = std::get_if<http::Dispatch::Streamed>(&*begun)) {
    const auto after = co_await serve_streamed(*route);
    co_return after;
  }
  const auto after = co_await answer(std::get<http::Response>(*begun));
  co_return after;
}

// The one place where a request leaves the loop for the core.
Task<std::optional<Exchange::Begun>> Exchange::begin() {
  path_ = head_.request.path;
  request_id_ = head_.request.request_id;
  std::move_only_function<Begun()> work = [this] { return settle(services_.core.begin(std::move(head_.request))); };
  PoolCall<Begun> call(wire_.loop.executor(), std::move(work));
  if (!call.start(services_.api)) co_return std::nullopt;
  auto begun = co_await call.result();
  auto* later = std::get_if<http::Dispatch::Later>(&begun);
  if (later == nullptr) co_return std::optional<Begun>(std::move(begun));
  std::move_only_function<Begun()> rest = [this, later] { return settle(later->go_on()); };
  PoolCall<Begun> waiting(wire_.loop.executor(), std::move(rest));
  if (!waiting.start(services_.logins)) co_return std::nullopt;
  auto settled = co_await waiting.result();
  co_return std::optional<Begun>(std::move(settled));
}

// On the pool. Without a body there is nothing to wait for: the handler runs in the same hop.
Exchange::Begun Exchange::settle(http::Dispatch dispatch) const {
  if (auto* refused = std::get_if<http::Dispatch::Refused>(&dispatch.next)) return std::move(refused->response);
  if (auto* streamed = std::get_if<http::Dispatch::Streamed>(&dispatch.next)) return std::move(*streamed);
  if (auto* later = std::get_if<http::Dispatch::Later>(&dispatch.next)) return std::move(*later);
  auto& buffered = std::get<http::Dispatch::Buffered>(dispatch.next);
  if (!has_body_) return buffered.run({});
  return std::move(buffered);
}

Task<Exchange::After> Exchange::serve_buffered(http::Dispatch::Buffered& route) {
  if (body_.remaining().value_or(0) > route.limit) {
    const BodyTrouble trouble(too_large(route.limit));
    const auto after = co_await answer_trouble(trouble);
    co_return after;
  }
  const bool going_on = co_await say_continue();
  if (!going_on) co_return After::kClose;
  BodyBudget::Share share(services_.bodies);  // until the handler is done with the body
  auto body = co_await read_whole(route.limit, share);
  if (!body) {
    const auto after = co_await answer_trouble(body.error());
    co_return after;
  }
  auto response = co_await run_with(*body, route);
  if (!response) {
    const auto after = co_await answer_busy();
    co_return after;
  }
  const auto after = co_await answer(*response);
  co_return after;
}

// nullopt: a pool's queue is full.
Task<std::optional<http::Response>> Exchange::run_with(std::string& body, http::Dispatch::Buffered& route) {
  using Ran = std::optional<http::Response>;  // nullopt: it belongs on the logins pool
  std::move_only_function<Ran()> work = [&route, &body] { return run_unless_slow(route, body); };
  PoolCall<Ran> call(wire_.loop.executor(), std::move(work));
  const bool started = co_await call.start_when_possible(services_.api);
  if (!started) co_return std::nullopt;
  auto ran = co_await call.result();
  if (ran) co_return std::move(ran);
  std::move_only_function<http::Response()> slow = [&route, &body] { return route.run(std::move(body)); };
  PoolCall<http::Response> waiting(wire_.loop.executor(), std::move(slow));
  if (!waiting.start(services_.logins)) co_return std::nullopt;
  auto response = co_await waiting.result();
  co_return Ran(std::move(response));
}

// Memory grows with what has arrived, never with what was announced.
Task<BodyResult<std::string>> Exchange::read_whole(std::size_t limit, BodyBudget::Share& share) {
  auto patience = Patience::rate(services_.limits);
  limit = std::min<std::size_t>(limit, SIZE_MAX / 2);
  std::string body;
  std::size_t have = 0;
  while (!body_.complete()) {
    if (have > limit) co_return std::unexpected(BodyTrouble(too_large(limit)));
    const auto most = std::min<std::uint64_t>(body_.remaining().value_or(UINT64_MAX), limit + 1 - have);
    const auto size = have + static_cast<std::size_t>(std::min<std::uint64_t>(most, std::max(have, kFirstRead)));
    if (!share.grow_to(size)) co_return std::unexpected(BodyTrouble(too_many_bodies()));
    body.resize(size);
    const auto got = co_await body_.read(std::span<char>(body).subspan(have), patience);
    if (!got) co_return std::unexpected(got.error());
    have += *got;
  }
  if (have > limit) co_return std::unexpected(BodyTrouble(too_large(limit)));
  body.resize(have);
  co_return BodyResult<std::string>(std::move(body));
}

Task<Exchange::After> Exchange::serve_streamed(http::Dispatch::Streamed& route) {
  StreamEnd end(services_.core, path_, request_id_, std::move(route.sink));
  BodyPump::Outcome outcome;
  if (!body_.complete()) {
    const bool going_on = co_await say_continue();
    auto patience = Patience::rate(services_.limits);
    BodyPump pump(wire_.loop.executor(), body_, end.sink(), wire_.loop.body_buffers(), services_.fs, request_id_);
    if (going_on)
      outcome = co_await pump.run(patience);
    else
      outcome = std::unexpected(BodyPump::Trouble(BodyTrouble(Broken::kFailed)));
  }
  std::move_only_function<std::optional<http::Response>()> work = [&end, &outcome] { return end.conclude(outcome); };
  PoolCall<std::optional<http::Response>> call(wire_.loop.executor(), std::move(work));
  // A sink always hears its end, however long that takes: it may hold a lock or a file.
  while (!co_await call.start_when_possible(services_.fs)) continue;
  auto response = co_await call.result();
  if (response) {
    const auto after = co_await answer(*response);
    co_return after;
  }
  const auto after = co_await answer_trouble(std::get<BodyTrouble>(outcome.error()));
  co_return after;
}

// RFC 9110, 10.1.1: not when the body is already on its way.
Task<bool> Exchange::say_continue() {
  if (!head_.expects_continue || std::exchange(continued_, true) || !wire_.buffer.empty()) co_return true;
  auto patience = Patience::rate(services_.limits);
  Gather gather;
  gather.add("HTTP/1.1 100 Continue\r\n\r\n");
  const auto sent = co_await wire_.transport.write_all(gather, More::kNo, patience);
  co_return sent.has_value();
}

Task<Exchange::After> Exchange::answer_trouble(const BodyTrouble& trouble) {
  const auto* broken = std::get_if<Broken>(&trouble);
  if (broken != nullptr && *broken == Broken::kTimeout) services_.metrics.timed_out_in_body();
  gave_up_ = broken != nullptr;
  const auto refusal = refusal_for(trouble);
  if (!refusal) co_return After::kClose;
  auto response = services_.core.refuse(refusal->error, path_);
  const auto after = co_await answer(response);
  co_return after;
}

Task<Exchange::After> Exchange::answer_busy() {
  auto response = services_.core.refuse(
      Error::unavailable("the server is busy", fmt::format("the queue of pool {} or {} is full", services_.api.name(),
                                                           services_.logins.name())),
      path_);
  const auto after = co_await answer(response);
  co_return after;
}

bool Exchange::must_close() const {
  if (gave_up_) return true;
  if (!head_.keep_alive || services_.draining.load(std::memory_order_relaxed)) return true;
  if (body_.complete()) return false;
  // Whether a client that got no 100 still sends its body, nobody can know.
  if (head_.expects_continue && !continued_) return true;
  return body_.remaining().value_or(UINT64_MAX) > services_.limits.discard_bytes;
}

ReplyOptions Exchange::reply_options(const http::Response& response) const {
  ReplyOptions options;
  options.head_only = method_ == http::Method::kHead;
  options.http10 = head_.version < 11;
  options.close = must_close() || says_close(response);
  options.request_id = request_id_;
  options.date = wire_.loop.http_date();
  return options;
}

// True when the whole answer is out and nothing else remains to be done. `response` must live as long as the writer.
bool Exchange::begin_answer(http::Response& response) {
  const auto options = reply_options(response);
  writer_.emplace(wire_.loop.executor(), wire_.transport, services_.fs, Patience::rate(services_.limits));
  const bool whole = writer_->begin(response, options);
  close_ = options.close || writer_->ends_connection();
  return whole && !close_ && body_.complete();
}

Task<Exchange::After> Exchange::answer(http::Response& response) {
  if (begin_answer(response)) co_return After::kNext;
  const auto after = co_await finish_answer();
  co_return after;
}

Task<Exchange::After> Exchange::finish_answer() {
  const auto sent = co_await writer_->finish();
  if (!sent && sent.error() == Broken::kTimeout) {
    services_.metrics.timed_out_in_response();
    wire_.transport.give_up();
  }
  if (!sent) co_return After::kClose;
  const auto after = co_await after_answer();
  co_return after;
}

Task<Exchange::After> Exchange::after_answer() {
  if (close_) co_return body_.complete() && wire_.buffer.empty() ? After::kClose : After::kLinger;
  if (body_.complete()) co_return After::kNext;
  auto patience = Patience::rate(services_.limits);
  const bool over = co_await body_.discard(services_.limits.discard_bytes, patience);
  co_return over ? After::kNext : After::kLinger;
}

Task<Exchange::After> Exchange::refuse(Wire& wire, const Refusal& refusal, std::string_view path) {
  auto& services = wire.loop.services();
  auto response = services.core.refuse(refusal.error, path);
  const auto request_id = request_id_for(http::Headers());
  ReplyOptions options;
  options.close = true;
  options.request_id = request_id;
  options.date = wire.loop.http_date();
  ResponseWriter writer(wire.loop.executor(), wire.transport, services.fs, Patience::rate(services.limits));
  if (writer.begin(response, options)) co_return After::kLinger;
  const auto sent = co_await writer.finish();
  co_return sent ? After::kLinger : After::kClose;
}

}  // namespace berth::net
