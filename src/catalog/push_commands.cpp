#include "catalog/push_commands.h"

namespace berth::catalog {
namespace {

constexpr std::array<std::pair<PushClient, std::string_view>, 7> kClients = {{{PushClient::kDocker, "docker"},
                                                                              {PushClient::kPodman, "podman"},
                                                                              {PushClient::kNerdctl, "nerdctl"},
                                                                              {PushClient::kSkopeo, "skopeo"},
                                                                              {PushClient::kBuildah, "buildah"},
                                                                              {PushClient::kHelm, "helm"},
                                                                              {PushClient::kOras, "oras"}}};

std::string_view name_of(PushClient client) {
  return std::ranges::find(kClients, client, &std::pair<PushClient, std::string_view>::first)->second;
}

/// 'it'\''s': safe in any POSIX shell.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string{c};
  return out + "'";
}

/// What each client calls "do not insist on TLS".
std::string_view plain_http_flag(PushClient client) {
  switch (client) {
    case PushClient::kDocker:
      return "";  // a setting of its daemon; 127.0.0.0/8 is exempt
    case PushClient::kNerdctl:
      return " --insecure-registry";
    case PushClient::kPodman:
    case PushClient::kSkopeo:
    case PushClient::kBuildah:
      return " --tls-verify=false";
    case PushClient::kHelm:
    case PushClient::kOras:
      return " --plain-http";
  }
  return "";
}

std::string login_line(PushClient client, const PushTarget& target, std::string_view flag) {
  const std::string_view command = client == PushClient::kHelm ? "helm registry login" : "";
  return fmt::format("printf %s {} | {}{} --username {} --password-stdin {}", quoted(target.secret),
                     command.empty() ? fmt::format("{} login", name_of(client)) : std::string(command), flag,
                     quoted(target.login), target.host);
}

}  // namespace

std::optional<PushClient> parse_push_client(std::string_view name) {
  const auto it = std::ranges::find(kClients, name, &std::pair<PushClient, std::string_view>::second);
  return it == kClients.end() ? std::nullopt : std::optional(it->first);
}

std::vector<PushClient> push_clients() {
  std::vector<PushClient> clients;
  for (const auto& [client, name] : kClients) clients.push_back(client);
  return clients;
}

PushCommands push_commands(PushClient client, const PushTarget& target) {
  const auto name = name_of(client);
  const auto flag = target.tls ? std::string_view() : plain_http_flag(client);
  const auto image = fmt::format("{}/{}:{}", target.host, target.repository.text(), target.tag.text());
  const auto login = login_line(client, target, flag);
  switch (client) {
    case PushClient::kDocker:
    case PushClient::kPodman:
    case PushClient::kNerdctl:
      return {name,
              {login, fmt::format("{} tag \"$SOURCE_IMAGE\" {}", name, image),
               fmt::format("{} push{} {}", name, flag, image)}};
    case PushClient::kBuildah:
      return {name, {login, fmt::format("buildah push{} \"$SOURCE_IMAGE\" docker://{}", flag, image)}};
    case PushClient::kSkopeo:
      return {name,
              {login, fmt::format("skopeo copy --all{} \"$SOURCE_IMAGE\" docker://{}",
                                  target.tls ? "" : " --dest-tls-verify=false", image)}};
    case PushClient::kHelm: {
      // helm appends the chart's own name and version.
      const auto& path = target.repository.path().text();
      const auto slash = path.rfind('/');
      const auto parent = slash == std::string::npos ? std::string() : "/" + path.substr(0, slash);
      return {name,
              {login, fmt::format("helm push{} \"$CHART_FILE\" oci://{}/{}{}", flag, target.host,
                                  target.repository.space().text(), parent)}};
    }
    case PushClient::kOras:
      return {name, {login, fmt::format("oras push{} {} \"$FILE\"", flag, image)}};
  }
  return {};
}

}  // namespace berth::catalog
