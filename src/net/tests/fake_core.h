#pragma once

#include <condition_variable>

#include "http/server_core.h"

namespace berth::net {

/// A core with a dozen paths, which remembers what it was asked. Any thread.
class FakeCore final : public http::ServerCore {
 public:
  using Begin = std::function<http::Dispatch(http::Request&)>;

  FakeCore();

  http::Dispatch begin(http::Request request) override;
  std::optional<http::Response> recall(http::Request& request) override;
  http::Response refuse(const Error& error, std::string_view path) override;

  void on(std::string path, Begin begin) { paths_[std::move(path)] = std::move(begin); }
  /// A path that answers as soon as it is asked.
  void answers(std::string path, std::function<http::Response()> make);
  /// A path that is answered from memory, on the network's own thread.
  void recalls(std::string path, std::function<http::Response()> make) { recalled_[std::move(path)] = std::move(make); }
  /// A path whose body is read into memory and sent back.
  void echoes(std::string path, std::size_t limit);

  /// The last request, as the core got it.
  http::Request last();
  std::size_t begun();
  std::size_t refused();

 private:
  std::map<std::string, Begin> paths_;
  std::map<std::string, std::function<http::Response()>> recalled_;
  std::mutex mutex_;
  http::Request last_;
  std::size_t begun_ = 0;
  std::size_t refused_ = 0;
};

/// What became of a streamed body.
class SinkRecord {
 public:
  void wrote(std::string_view bytes);
  void ended(std::string how);
  std::string bytes();
  /// "finished", or "abandoned: <why>". Waits for it.
  std::string end();
  std::size_t writes();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string bytes_;
  std::size_t writes_ = 0;
  std::string end_;
};

/// A sink that keeps everything, and fails where it is told to.
class RecordingSink final : public http::BodySink {
 public:
  explicit RecordingSink(SinkRecord& record, std::size_t fail_after = SIZE_MAX)
      : record_(record),
        fail_after_(fail_after) {}
  Result<void> write(std::string_view bytes) override;
  http::Response finish() override;
  void abandon(std::string_view why) override;
  http::Response refuse(const Error& error) override;

 private:
  SinkRecord& record_;
  std::size_t fail_after_;
  std::size_t size_ = 0;
};

[[nodiscard]] http::Dispatch refused_with(http::Response response);
[[nodiscard]] http::Dispatch streamed_into(std::unique_ptr<http::BodySink> sink);
/// As Later: what it gives comes from the logins pool.
[[nodiscard]] http::Dispatch later(std::move_only_function<http::Dispatch()> go_on);
[[nodiscard]] http::Dispatch buffered(std::size_t limit, std::move_only_function<http::Response(std::string)> run);

/// A handler that waits until the test lets it go.
class Gate {
 public:
  void open();
  void pass();           // by the handler
  void await_visitor();  // by the test: until a handler stands at the gate

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  bool visited_ = false;
};

}  // namespace berth::net
