#include "net/tests/fake_core.h"

#include "http/errors.h"

namespace berth::net {

using http::Dispatch;
using http::Response;

Dispatch refused_with(Response response) {
  return Dispatch{Dispatch::Refused{std::move(response)}};
}
Dispatch streamed_into(std::unique_ptr<http::BodySink> sink) {
  return Dispatch{Dispatch::Streamed{std::move(sink)}};
}
Dispatch later(std::move_only_function<Dispatch()> go_on) {
  return Dispatch{Dispatch::Later{std::move(go_on)}};
}
Dispatch buffered(std::size_t limit, std::move_only_function<Response(std::string)> run) {
  return Dispatch{Dispatch::Buffered{limit, std::move(run)}};
}

FakeCore::FakeCore() {
  answers("/hello", [] { return Response::text(200, "text/plain", "hello"); });
  echoes("/echo", 64U << 10);
  on("/denied", [](http::Request&) {
    auto response = http::oci_error(Error::of(Fault::kUnauthenticated, "log in first"));
    response.headers.add("WWW-Authenticate", "Bearer realm=\"https://here/service/token\"");
    return refused_with(std::move(response));
  });
}

void FakeCore::answers(std::string path, std::function<Response()> make) {
  on(std::move(path),
     [make = std::move(make)](http::Request&) { return buffered(0, [make](std::string) { return make(); }); });
}

void FakeCore::echoes(std::string path, std::size_t limit) {
  on(std::move(path), [limit](http::Request&) {
    return buffered(limit, [](std::string body) { return Response::text(200, "text/plain", std::move(body)); });
  });
}

Dispatch FakeCore::begin(http::Request request) {
  {
    const std::lock_guard lock(mutex_);
    ++begun_;
    last_ = request;
  }
  const auto found = paths_.find(request.path);
  if (found == paths_.end()) return refused_with(http::oci_error(Error::not_found("no such path")));
  return found->second(request);
}

std::optional<Response> FakeCore::recall(http::Request& request) {
  const auto found = recalled_.find(request.path);
  if (found == recalled_.end()) return std::nullopt;
  return found->second();
}

Response FakeCore::refuse(const Error& error, std::string_view path) {
  const std::lock_guard lock(mutex_);
  ++refused_;
  return path.starts_with("/v2") ? http::oci_error(error) : http::problem(error, "");
}

http::Request FakeCore::last() {
  const std::lock_guard lock(mutex_);
  return last_;
}

std::size_t FakeCore::begun() {
  const std::lock_guard lock(mutex_);
  return begun_;
}

std::size_t FakeCore::refused() {
  const std::lock_guard lock(mutex_);
  return refused_;
}

void SinkRecord::wrote(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  bytes_ += bytes;
  ++writes_;
}

void SinkRecord::ended(std::string how) {
  const std::lock_guard lock(mutex_);
  end_ += how;
  changed_.notify_all();
}

std::string SinkRecord::bytes() {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::size_t SinkRecord::writes() {
  const std::lock_guard lock(mutex_);
  return writes_;
}

std::string SinkRecord::end() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(10), [this] { return !end_.empty(); });
  return end_;
}

Result<void> RecordingSink::write(std::string_view bytes) {
  size_ += bytes.size();
  if (size_ > fail_after_) return fail(Fault::kQuota, "the space is full");
  record_.wrote(bytes);
  return {};
}

Response RecordingSink::finish() {
  record_.ended("finished");
  return Response::of(201);
}

void RecordingSink::abandon(std::string_view why) {
  record_.ended(fmt::format("abandoned: {}", why));
}

Response RecordingSink::refuse(const Error& error) {
  return http::oci_error(error);
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

void Gate::pass() {
  std::unique_lock lock(mutex_);
  visited_ = true;
  changed_.notify_all();
  changed_.wait_for(lock, std::chrono::seconds(10), [this] { return open_; });
}

void Gate::await_visitor() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(10), [this] { return visited_; });
}

}  // namespace berth::net
