#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/config.h"
#include "app/serve.h"
#include "app/version.h"
#include "cli/cli.h"

extern char** environ;

namespace {

using namespace berth;

/// Defaults, then --config FILE, then the environment, then the command line.
Result<app::Config> configure(std::vector<std::string> arguments) {
  auto given = app::read_arguments(arguments);
  if (!given) return fail(given.error());
  std::vector<app::Assignment> all;
  for (const auto& assignment : *given) {
    if (assignment.key != "config") continue;
    auto file = app::read_config_file(assignment.value);
    if (!file) return fail(file.error());
    all.insert(all.end(), file->begin(), file->end());
  }
  const auto environment = app::read_environment(environ);
  all.insert(all.end(), environment.begin(), environment.end());
  for (const auto& assignment : *given)
    if (assignment.key != "config") all.push_back(assignment);
  return app::load_config(all);
}

int serve(const std::vector<std::string>& arguments) {
  const auto config = configure(arguments);
  if (config) return app::serve(*config);
  fmt::print(stderr, "berth: {}\n", config.error().message);
  for (const auto& line : config.error().subjects) fmt::print(stderr, "  {}\n", line);
  return 2;
}

}  // namespace

/// `berth serve` is the server; everything else is the client (cli/), which talks to a server.
int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  if (!arguments.empty() && arguments[0] == "serve") {
    const bool help = arguments.size() > 1 && (arguments[1] == "--help" || arguments[1] == "-h");
    if (!help) return serve({arguments.begin() + 1, arguments.end()});
    fmt::print("{}", app::config_reference());
    return 0;
  }
  if (arguments.size() == 2 && arguments[0] == "config" && arguments[1] == "reference") {
    fmt::print("{}", app::config_reference());
    return 0;
  }
  return cli::run(arguments, app::kVersion);
}
