#include "cli/commands.h"
#include "cli/inputs.h"

namespace berth::cli {
namespace {

using namespace inputs;

const std::vector<Column> kCluster{
    {"Name", "name"}, {"UID", "uid"}, {"Description", "description"}, {"Created", "created_at", As::kTime}};
const std::vector<Column> kNamespaceColumns{{"Id", "id", As::kNumber}, {"Cluster", "cluster"},
                                            {"Name", "name"},          {"Claimed by", "claimed_by"},
                                            {"Bound to", "workspace"}, {"Created", "created_at", As::kTime}};
const std::vector<Column> kNamespaceDetails{{"Id", "id", As::kNumber},
                                            {"Cluster", "cluster"},
                                            {"Name", "name"},
                                            {"UID", "uid"},
                                            {"Claimed by", "claimed_by"},
                                            {"Bound to", "workspace"},
                                            {"Created", "created_at", As::kTime}};
const std::vector<Column> kCredential{{"Id", "id", As::kNumber},
                                      {"Username", "username"},
                                      {"Created", "created_at", As::kTime},
                                      {"Expires", "expires_at", As::kTime}};
const std::vector<Column> kNewCredential{
    {"Username", "username"}, {"Password", "password", As::kOnce}, {"Expires", "expires_at", As::kTime}};
constexpr Input kClusterName{.name = "CLUSTER", .field = "cluster", .help = "the cluster's name"};
constexpr Input kNewCluster{.name = "CLUSTER", .field = "name", .place = Place::kBody, .help = "its name"};
constexpr Input kNewNamespace{
    .name = "NAMESPACE", .field = "name", .kind = Kind::kPlaceName, .place = Place::kBody, .help = "CLUSTER/NAME"};
constexpr Input kUid{.name = "--uid",
                     .field = "uid",
                     .place = Place::kBody,
                     .help = "its Kubernetes UID (of a cluster: that of its namespace kube-system)",
                     .required = true};
constexpr Input kCredentialName{.name = "CREDENTIAL",
                                .field = "credential",
                                .kind = Kind::kItem,
                                .help = "its username, or its id",
                                .words = "username"};
constexpr std::string_view kOneCluster = "/api/v1/clusters/{cluster}";
constexpr std::string_view kOne = "/api/v1/namespaces/{namespace}";
constexpr std::string_view kClaim = "/api/v1/namespaces/{namespace}/claim";
constexpr std::string_view kBinding = "/api/v1/namespaces/{namespace}/binding";
constexpr std::string_view kCredentials = "/api/v1/namespaces/{namespace}/credentials";

std::vector<Command> only_clusters() {
  return {
      {.noun = "cluster",
       .verb = "list",
       .summary = "List the Kubernetes clusters.",
       .path = "/api/v1/clusters",
       .answer = Answer::kList,
       .columns = kCluster},
      {.noun = "cluster",
       .verb = "create",
       .summary = "Make a cluster known.",
       .method = Method::kPost,
       .path = "/api/v1/clusters",
       .inputs = {kNewCluster, kUid, kDescription},
       .answer = Answer::kObject,
       .columns = kCluster},
      {.noun = "cluster",
       .verb = "show",
       .summary = "Show a cluster.",
       .path = kOneCluster,
       .inputs = {kClusterName},
       .answer = Answer::kObject,
       .columns = kCluster},
      {.noun = "cluster",
       .verb = "update",
       .summary = "Change a cluster's description.",
       .method = Method::kPatch,
       .path = kOneCluster,
       .inputs = {kClusterName, kDescription, kIfVersion},
       .answer = Answer::kObject,
       .columns = kCluster},
      {.noun = "cluster",
       .verb = "delete",
       .summary = "Forget a cluster that has no namespaces any more.",
       .method = Method::kDelete,
       .path = kOneCluster,
       .inputs = {kClusterName, kIfVersion},
       .done = "Deleted cluster {CLUSTER}."},
  };
}

std::vector<Command> only_namespaces() {
  constexpr Input kOf{
      .name = "--workspace", .field = "workspaces", .place = Place::kOwner, .help = "only what this workspace claims"};
  constexpr Input kFor{.name = "--workspace",
                       .field = "workspace",
                       .place = Place::kBody,
                       .help = "claim it for this workspace, and bind it"};
  constexpr Input kTo{
      .name = "WORKSPACE", .field = "workspace", .place = Place::kBody, .help = "the workspace that gets it"};
  return {
      {.noun = "namespace",
       .verb = "list",
       .summary = "List the Kubernetes namespaces that you may see.",
       .path = "{owner}/namespaces",
       .owner = "/api/v1",
       .inputs = {kOf},
       .answer = Answer::kList,
       .columns = kNamespaceColumns},
      {.noun = "namespace",
       .verb = "create",
       .summary = "Make a namespace known.",
       .method = Method::kPost,
       .path = "/api/v1/namespaces",
       .inputs = {kNewNamespace, kUid, kFor},
       .answer = Answer::kObject,
       .columns = kNamespaceDetails},
      {.noun = "namespace",
       .verb = "show",
       .summary = "Show a namespace.",
       .path = kOne,
       .inputs = {kNamespace},
       .answer = Answer::kObject,
       .columns = kNamespaceDetails},
      {.noun = "namespace",
       .verb = "claim",
       .summary = "Give a namespace to a workspace, and bind it.",
       .method = Method::kPut,
       .path = kClaim,
       .inputs = {kNamespace, kTo, kIfVersion},
       .answer = Answer::kObject,
       .columns = kNamespaceDetails},
      {.noun = "namespace",
       .verb = "unclaim",
       .summary = "Take a namespace from its workspace.",
       .method = Method::kDelete,
       .path = kClaim,
       .inputs = {kNamespace, kIfVersion},
       .done = "No workspace claims {NAMESPACE} any more."},
      {.noun = "namespace",
       .verb = "bind",
       .summary = "Bind a namespace to the workspace that claims it.",
       .method = Method::kPut,
       .path = kBinding,
       .inputs = {kNamespace, kIfVersion},
       .answer = Answer::kObject,
       .columns = kNamespaceDetails},
      {.noun = "namespace",
       .verb = "release",
       .summary = "End a namespace's binding; the claim stays.",
       .method = Method::kDelete,
       .path = kBinding,
       .inputs = {kNamespace, kIfVersion},
       .done = "{NAMESPACE} is bound to no workspace; it pulls what is public."},
      {.noun = "namespace",
       .verb = "delete",
       .summary = "Forget a namespace; its credentials end.",
       .method = Method::kDelete,
       .path = kOne,
       .inputs = {kNamespace, kIfVersion},
       .done = "Deleted namespace {NAMESPACE}."},
  };
}

std::vector<Command> credentials() {
  return {
      {.noun = "credential",
       .verb = "list",
       .summary = "List the credentials with which a namespace pulls.",
       .path = kCredentials,
       .inputs = {kNamespace},
       .answer = Answer::kList,
       .columns = kCredential},
      {.noun = "credential",
       .verb = "create",
       .summary = "Make a pull credential; its password is shown this once.",
       .method = Method::kPost,
       .path = kCredentials,
       .inputs = {kNamespace, kExpires},
       .answer = Answer::kObject,
       .columns = kNewCredential},
      {.noun = "credential",
       .verb = "delete",
       .summary = "End a pull credential.",
       .method = Method::kDelete,
       .path = "/api/v1/namespaces/{namespace}/credentials/{credential}",
       .inputs = {kNamespace, kCredentialName},
       .done = "Deleted credential {CREDENTIAL} of {NAMESPACE}."},
  };
}

}  // namespace

std::vector<Command> cluster_commands() {
  auto all = only_clusters();
  for (auto part : {only_namespaces(), credentials()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace berth::cli
