#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.h"

namespace berth::catalog {

enum class PushClient { kDocker, kPodman, kNerdctl, kSkopeo, kBuildah, kHelm, kOras };

/// What to type to push into a space, ready to be copied into a shell: the tests run it as printed.
struct PushCommands {
  std::string_view client;  // "docker"
  std::vector<std::string> lines;
};

struct PushTarget {
  std::string host;  // "registry.example.com", "127.0.0.1:5080"
  bool tls = true;   // plain HTTP needs a flag with most clients
  RepositoryName repository;
  Tag tag;
  std::string login;  // placeholders where no temporary login was made
  std::string secret;
};

[[nodiscard]] std::optional<PushClient> parse_push_client(std::string_view name);
/// Every client, in the order in which people meet them.
[[nodiscard]] std::vector<PushClient> push_clients();
[[nodiscard]] PushCommands push_commands(PushClient client, const PushTarget& target);

}  // namespace berth::catalog
