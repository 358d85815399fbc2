#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/request_builder.h"
#include "cli/views.h"

namespace berth::cli {
namespace {

using namespace inputs;

const std::vector<Column> kRegistry{{"Name", "name"},
                                    {"Kind", "kind"},
                                    {"Origin", "origin"},
                                    {"Workspace", "workspace"},
                                    {"Address", "address"},
                                    {"All public", "all_spaces_public", As::kYesNo},
                                    {"Created", "created_at", As::kTime}};
const std::vector<Column> kSpaceColumns{{"Registry", "registry"},
                                        {"Name", "name"},
                                        {"Public", "effectively_public", As::kYesNo},
                                        {"Owner", "owner_workspace"},
                                        {"Size", "logical_bytes", As::kSize},
                                        {"Quota", "quota_bytes", As::kSize},
                                        {"Description", "description"}};
const std::vector<Column> kSpaceDetails{{"Registry", "registry"},
                                        {"Name", "name"},
                                        {"Public", "effectively_public", As::kYesNo},
                                        {"Public itself", "public", As::kYesNo},
                                        {"Owner", "owner_workspace"},
                                        {"Description", "description"},
                                        {"Size", "logical_bytes", As::kSize},
                                        {"Quota", "quota_bytes", As::kSize},
                                        {"Untagged days", "untagged_days", As::kNumber},
                                        {"Sparse indexes", "allow_sparse", As::kYesNo},
                                        {"Pull-through", "pull_through", As::kYesNo},
                                        {"Created", "created_at", As::kTime},
                                        {"Version", "version", As::kNumber}};
const std::vector<Column> kBinding{
    {"Workspace", "workspace"}, {"Space", "space"}, {"Access", "access"}, {"Since", "created_at", As::kTime}};

constexpr Input kRegistryName{.name = "REGISTRY", .field = "registry", .help = "the registry's name"};
constexpr Input kPreview{.name = "--preview",
                         .field = "",
                         .kind = Kind::kFlag,
                         .place = Place::kLocal,
                         .help = "only say what it would open and close",
                         .words = "true"};
constexpr Input kNewSpace{.name = "SPACE",
                          .field = "name",
                          .kind = Kind::kSpace,
                          .place = Place::kBody,
                          .help = "its name, or REGISTRY/NAME"};
constexpr Input kPublic{.name = "--public",
                        .field = "public",
                        .kind = Kind::kFlag,
                        .place = Place::kBody,
                        .help = "everybody may pull from it",
                        .words = "true"};
constexpr Input kPrivate{.name = "--private",
                         .field = "public",
                         .kind = Kind::kFlag,
                         .place = Place::kBody,
                         .help = "only workspaces that it is bound to may pull from it",
                         .words = "false"};
constexpr Input kOwner{.name = "--owner",
                       .field = "owner_workspace",
                       .kind = Kind::kNullable,
                       .place = Place::kBody,
                       .help = "the workspace whose administrators manage it; none"};
constexpr Input kQuota{.name = "--quota",
                       .field = "quota_bytes",
                       .kind = Kind::kSize,
                       .place = Place::kBody,
                       .help = "how much it may hold: 10GiB, none"};
constexpr Input kUntagged{.name = "--untagged-days",
                          .field = "untagged_days",
                          .kind = Kind::kNumber,
                          .place = Place::kBody,
                          .help = "after how many days a manifest without a tag goes; none: it stays",
                          .words = "none"};
constexpr Input kSparse{.name = "--allow-sparse",
                        .field = "allow_sparse",
                        .kind = Kind::kSwitch,
                        .place = Place::kBody,
                        .help = "take an index without all of its images: on, off"};
constexpr Input kSpaces{.name = "SPACES",
                        .field = "spaces",
                        .kind = Kind::kSpaces,
                        .place = Place::kBody,
                        .help = "one or several, base,apps"};
constexpr Input kWorkspaces{.name = "WORKSPACES",
                            .field = "workspaces",
                            .kind = Kind::kNames,
                            .place = Place::kBody,
                            .help = "one or several, retail,lab"};
constexpr Input kAccess{.name = "--access",
                        .field = "access",
                        .kind = Kind::kChoice,
                        .place = Place::kBody,
                        .help = "push includes pull",
                        .words = "pull|push",
                        .required = true};
constexpr Input kDryRun{.name = "--dry-run",
                        .field = "dry_run",
                        .kind = Kind::kFlag,
                        .place = Place::kBody,
                        .help = "only say what would change, and who would see what",
                        .words = "true"};
constexpr std::string_view kOneRegistry = "/api/v1/registries/{registry}";
constexpr std::string_view kSpacesPath = "/api/v1/registries/{registry}/spaces";
constexpr std::string_view kOneSpace = "/api/v1/registries/{registry}/spaces/{space}";

/// publish and unpublish, and with --preview what they would do.
Outcome<void> publish(Context& context) {
  if (!context.invocation.has("--preview")) return perform(context);
  if (auto connected = connect(context); !connected) return connected;
  auto request = build_request(*context.server, context.invocation, context.now);
  if (!request) return fail(request.error());
  request->method = Method::kPost;
  request->path += "/publicity-preview";
  const auto document = context.server->send(*request);
  if (!document) return fail(document.error());
  if (context.json())
    print(context, *document);
  else
    show_publicity(context, *document);
  return {};
}

std::vector<Command> registries() {
  return {
      {.noun = "registry",
       .verb = "list",
       .summary = "List the registries that you may see.",
       .path = "/api/v1/registries",
       .answer = Answer::kList,
       .columns = kRegistry},
      {.noun = "registry",
       .verb = "show",
       .summary = "Show a registry.",
       .path = kOneRegistry,
       .inputs = {kRegistryName},
       .answer = Answer::kObject,
       .columns = kRegistry},
      {.noun = "registry",
       .verb = "publish",
       .summary = "Make all spaces of a registry public.",
       .method = Method::kPatch,
       .path = kOneRegistry,
       .inputs = {kRegistryName, kPreview, kIfVersion},
       .sets = Switch{.field = "all_spaces_public", .on = true},
       .answer = Answer::kObject,
       .columns = kRegistry,
       .run = publish},
      {.noun = "registry",
       .verb = "unpublish",
       .summary = "Let each space of a registry say itself if it is public.",
       .method = Method::kPatch,
       .path = kOneRegistry,
       .inputs = {kRegistryName, kPreview, kIfVersion},
       .sets = Switch{.field = "all_spaces_public", .on = false},
       .answer = Answer::kObject,
       .columns = kRegistry,
       .run = publish},
  };
}

std::vector<Command> spaces() {
  auto registry = kRegistryOption;
  registry.place = Place::kPath;
  return {
      {.noun = "space",
       .verb = "list",
       .summary = "List the spaces of a registry that you may see.",
       .path = kSpacesPath,
       .inputs = {registry},
       .answer = Answer::kList,
       .columns = kSpaceColumns},
      {.noun = "space",
       .verb = "create",
       .summary = "Make a space.",
       .method = Method::kPost,
       .path = kSpacesPath,
       .inputs = {kNewSpace, kPublic, kOwner, kQuota, kUntagged, kSparse, kDescription},
       .answer = Answer::kObject,
       .columns = kSpaceDetails},
      {.noun = "space",
       .verb = "show",
       .summary = "Show a space.",
       .path = kOneSpace,
       .inputs = {kSpace},
       .answer = Answer::kObject,
       .columns = kSpaceDetails},
      {.noun = "space",
       .verb = "update",
       .summary = "Change a space.",
       .method = Method::kPatch,
       .path = kOneSpace,
       .inputs = {kSpace, kPublic, kPrivate, kOwner, kQuota, kUntagged, kSparse, kDescription, kIfVersion},
       .answer = Answer::kObject,
       .columns = kSpaceDetails},
      {.noun = "space",
       .verb = "delete",
       .summary = "Delete a space that holds nothing and is bound to nobody.",
       .method = Method::kDelete,
       .path = kOneSpace,
       .inputs = {kSpace, kIfVersion},
       .done = "Deleted space {SPACE}."},
  };
}

std::vector<Command> bindings() {
  constexpr Input kOf{
      .name = "--space", .field = "space", .kind = Kind::kSpace, .place = Place::kQuery, .help = "only this space's"};
  constexpr Input kWhose{
      .name = "--workspace", .field = "workspace", .place = Place::kQuery, .help = "only this workspace's"};
  return {
      {.noun = "binding",
       .verb = "list",
       .summary = "List which workspaces may use which spaces.",
       .path = "/api/v1/bindings",
       .inputs = {kOf, kWhose},
       .answer = Answer::kList,
       .columns = kBinding},
      {.noun = "binding",
       .verb = "create",
       .summary = "Bind every named space to every named workspace, all or nothing.",
       .method = Method::kPost,
       .path = "/api/v1/bindings",
       .inputs = {kSpaces, kWorkspaces, kAccess, kDryRun},
       .answer = Answer::kObject,
       .view = show_bindings},
      {.noun = "binding",
       .verb = "remove",
       .summary = "End every binding of a named space to a named workspace.",
       .method = Method::kPost,
       .path = "/api/v1/bindings/remove",
       .inputs = {kSpaces, kWorkspaces, kDryRun},
       .answer = Answer::kObject,
       .view = show_bindings},
  };
}

}  // namespace

std::vector<Command> registry_commands() {
  auto all = registries();
  for (auto part : {spaces(), bindings()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace berth::cli
