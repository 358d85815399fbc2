#include "cli/cli.h"

#include <cstdio>

#include "cli/context.h"
#include "cli/parser.h"

namespace berth::cli {
namespace {

int run_command(const Invocation& invocation, std::string_view version) {
  Context context{.invocation = invocation,
                  .version = std::string(version),
                  .now = SystemClock().now(),
                  .server = std::nullopt,
                  .login_ends = std::nullopt};
  const auto done = invocation.command->run ? invocation.command->run(context) : perform(context);
  if (!done) report(done.error());
  return done ? kDone : done.error().status;
}

int print_text(const Printed& printed) {
  fmt::print(printed.status == kDone ? stdout : stderr, "{}", printed.text);
  return printed.status;
}

}  // namespace

int run(const std::vector<std::string>& arguments, std::string_view version) {
  try {
    const auto parsed = parse(arguments, version);
    const auto* printed = std::get_if<Printed>(&parsed);
    const int status = printed ? print_text(*printed) : run_command(std::get<Invocation>(parsed), version);
    // What was not written was not done: a full disk behind a pipe is no success.
    if (std::fflush(stdout) == 0) return status;
    std::perror("berth: the output cannot be written");
  } catch (const std::exception& error) {
    fmt::print(stderr, "berth: {}\n", error.what());
  }
  return kRefused;
}

}  // namespace berth::cli
