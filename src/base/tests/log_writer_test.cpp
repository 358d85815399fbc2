#include "base/log_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <vector>

namespace berth::log {
namespace {

/// The reading end sees what a log collector would.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~Pipe() {
    close_writing();
    ::close(ends_[0]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  [[nodiscard]] int writing() const { return ends_[1]; }
  void close_writing() {
    if (ends_[1] >= 0) ::close(std::exchange(ends_[1], -1));
  }
  std::string read_all() {
    close_writing();
    return read();
  }
  /// Until nobody can write any more.
  std::string read() {
    std::string all;
    std::array<char, 65536> some{};
    for (ssize_t got = 0; (got = ::read(ends_[0], some.data(), some.size())) > 0;)
      all.append(some.data(), static_cast<std::size_t>(got));
    return all;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

TEST(LogWriterTest, lines_come_whole_in_order_and_all_before_the_end) {
  Pipe pipe;
  std::string expected;
  {
    Writer writer(pipe.writing());
    for (int i = 0; i < 1000; ++i) {
      const auto line = fmt::format("line {}", i);
      writer.add(line);
      expected += line + "\n";
    }
  }
  EXPECT_EQ(pipe.read_all(), expected);
}

TEST(LogWriterTest, lines_of_several_threads_do_not_mix) {
  Pipe pipe;
  {
    Writer writer(pipe.writing());
    std::vector<std::jthread> threads;
    for (char name = 'a'; name < 'e'; ++name)
      threads.emplace_back([&writer, name] {
        for (int i = 0; i < 200; ++i) writer.add(std::string(40, name));
      });
  }
  const auto all = pipe.read_all();
  ASSERT_EQ(all.size(), 4U * 200 * 41);
  for (std::size_t at = 0; at < all.size(); at += 41) EXPECT_EQ(all.substr(at, 41), std::string(40, all[at]) + "\n");
}

TEST(LogWriterTest, a_reader_that_stands_still_stops_nobody_and_is_told_what_it_missed) {
  Pipe pipe;
  constexpr std::size_t kLines = 12'000;
  const std::string line(1000, 'x');
  std::optional<Writer> writer(pipe.writing());
  for (std::size_t i = 0; i < kLines; ++i) writer->add(line);  // 12 MB; nobody reads, and this returns
  std::jthread end([&] {
    writer.reset();
    pipe.close_writing();
  });
  const auto all = pipe.read();
  EXPECT_LT(all.size(), kLines * (line.size() + 1));
  EXPECT_NE(all.find(" lines were dropped here"), std::string::npos);
}

}  // namespace
}  // namespace berth::log
