#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/config.h"
#include "app/configure.h"
#include "app/operator_commands.h"
#include "app/serve.h"
#include "app/version.h"
#include "cli/cli.h"

namespace {

using namespace berth;

int serve(const std::vector<std::string>& arguments) {
  const auto config = app::configure(arguments);
  if (config) return app::serve(*config);
  fmt::print(stderr, "berth: {}\n", config.error().message);
  for (const auto& line : config.error().subjects) fmt::print(stderr, "  {}\n", line);
  return 2;
}

}  // namespace

/// `berth serve` is the server; backup, restore and fsck work on its data directory; everything else is the client
/// (cli/), which talks to a server.
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
  if (const auto status = app::run_operator_command(arguments)) return *status;
  return cli::run(arguments, app::kVersion);
}
