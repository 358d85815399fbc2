#include "cli/commands.h"

namespace berth::cli {

const std::vector<Command>& all_commands() {
  static const auto kAll = [] {
    std::vector<Command> all;
    for (auto part :
         {session_commands(), workspace_commands(), cluster_commands(), registry_commands(), image_commands(),
          people_commands(), machine_commands(), collection_commands(), platform_commands()})
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return kAll;
}

const std::vector<Noun>& all_nouns() {
  static const std::vector<Noun> kAll{
      {"workspace", "Workspaces: the tenants."},
      {"member", "Who belongs to a workspace, and as what."},
      {"cluster", "Kubernetes clusters."},
      {"namespace", "Kubernetes namespaces, and which workspace each belongs to."},
      {"credential", "The credentials with which namespaces pull."},
      {"registry", "Registries, and whether all in them is public."},
      {"space", "Spaces: the first-level groups of repositories."},
      {"binding", "Which workspaces may use which spaces."},
      {"image", "Images, their tags and layers."},
      {"user", "The people."},
      {"group", "Groups of users."},
      {"token", "Your personal access tokens."},
      {"session", "Your logins in browsers."},
      {"robot", "Robots: logins for machines."},
      {"collection", "The garbage collector."},
      {"signing-key", "The keys that sign registry tokens."},
      {"audit", "Who changed what."},
      {"settings", "The platform's settings."},
      {"scrub", "Whether what is stored is what was pushed."},
      {"completion", "Shell completion."},
  };
  return kAll;
}

}  // namespace berth::cli
