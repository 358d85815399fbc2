#include "cli/secrets.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>

#include "base/file.h"

namespace berth::cli {
namespace {

constexpr std::size_t kMost = 1024;

void say(int terminal, std::string_view text) {
  // A terminal that takes no text takes no password either: reading will tell.
  [[maybe_unused]] const auto written = write(terminal, text.data(), text.size());
}

/// No echo, and ^C as a character: a signal would end the process with the echo off.
class Silence {
 public:
  explicit Silence(int terminal) : terminal_(terminal) {
    tcgetattr(terminal_, &before_);
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    tcsetattr(terminal_, TCSAFLUSH, &silent);
  }
  ~Silence() { tcsetattr(terminal_, TCSAFLUSH, &before_); }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  int terminal_;
  termios before_{};
};

Outcome<std::string> read_line(int terminal) {
  std::string line;
  for (char c = 0;;) {
    const auto got = read(terminal, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || c == '\x03' || line.size() > kMost) return fail(kUsage, "no password was given");
    if (c == '\n') return line;
    line += c;
  }
}

}  // namespace

Outcome<std::string> ask_on_terminal(std::string_view prompt) {
  const File terminal(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (terminal.descriptor() < 0)
    return fail(kUsage, "there is no terminal to ask for a password on: give it with --password-stdin");
  auto line = [&] {
    const Silence silence(terminal.descriptor());  // before the prompt: what follows it must not be shown, nor flushed
    say(terminal.descriptor(), prompt);
    return read_line(terminal.descriptor());
  }();
  say(terminal.descriptor(), "\n");
  return line;
}

Outcome<std::string> read_from_stdin() {
  std::string line;
  if (!std::getline(std::cin, line)) return fail(kUsage, "stdin ended where a password was expected");
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

}  // namespace berth::cli
