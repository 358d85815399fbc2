#include "app/configure.h"

#include <unistd.h>

extern char** environ;

namespace berth::app {

Result<Config> configure(const std::vector<std::string>& arguments) {
  auto given = read_arguments(arguments);
  if (!given) return fail(given.error());
  std::vector<Assignment> all;
  for (const auto& assignment : *given) {
    if (assignment.key != "config") continue;
    auto file = read_config_file(assignment.value);
    if (!file) return fail(file.error());
    all.insert(all.end(), file->begin(), file->end());
  }
  const auto environment = read_environment(environ);
  all.insert(all.end(), environment.begin(), environment.end());
  for (const auto& assignment : *given)
    if (assignment.key != "config") all.push_back(assignment);
  return load_config(all);
}

}  // namespace berth::app
