#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/request_builder.h"
#include "cli/views.h"

namespace berth::cli {
namespace {

using namespace inputs;

const std::vector<Column> kImage{{"Registry", "registry"},
                                 {"Space", "space"},
                                 {"Name", "name"},
                                 {"Visibility", "visibility"},
                                 {"Tags", "tag_count", As::kNumber},
                                 {"Size", "size", As::kSize},
                                 {"Pulls", "pull_count", As::kNumber},
                                 {"Updated", "updated_at", As::kTime}};
const std::vector<Column> kTag{{"Tag", "name"},
                               {"Digest", "digest"},
                               {"Size", "image_size", As::kSize},
                               {"Pushed by", "creator"},
                               {"Pushed", "pushed_at", As::kTime},
                               {"Pulls", "pull_count", As::kNumber}};

constexpr Input kImageName{.name = "IMAGE",
                           .field = "image",
                           .kind = Kind::kImage,
                           .help = "SPACE/REPOSITORY, with :TAG or @DIGEST for one artifact of it"};
constexpr Input kRepositoryName{.name = "IMAGE", .field = "image", .kind = Kind::kImage, .help = "SPACE/REPOSITORY"};
constexpr Input kOfWorkspace{
    .name = "--workspace", .field = "workspaces", .place = Place::kOwner, .help = "what this workspace may use"};
constexpr Input kOfNamespace{.name = "--namespace",
                             .field = "namespaces",
                             .kind = Kind::kItem,
                             .place = Place::kOwner,
                             .help = "what this namespace may pull: CLUSTER/NAME, or its id",
                             .words = "cluster/name"};
constexpr Input kSearch{
    .name = "--search", .field = "search", .place = Place::kQuery, .help = "a part of SPACE/REPOSITORY"};
constexpr Input kTagSearch{.name = "--search", .field = "search", .place = Place::kQuery, .help = "a part of the tag"};
constexpr Input kInRegistry{
    .name = "--registry", .field = "registry", .place = Place::kQuery, .help = "only in this registry"};
constexpr Input kInSpace{.name = "--space", .field = "space", .place = Place::kQuery, .help = "only in this space"};
constexpr Input kVisibility{.name = "--visibility",
                            .field = "visibility",
                            .kind = Kind::kChoice,
                            .place = Place::kQuery,
                            .help = "only these",
                            .words = "public|private"};
constexpr Input kSort{.name = "--sort",
                      .field = "sort",
                      .kind = Kind::kChoice,
                      .place = Place::kQuery,
                      .help = "by what",
                      .words = "name|updated|pulls|size"};
constexpr Input kOrder{.name = "--order",
                       .field = "order",
                       .kind = Kind::kChoice,
                       .place = Place::kQuery,
                       .help = "names from a on, everything else from the most on, unless this says so",
                       .words = "asc|desc"};
constexpr Input kClient{.name = "--client",
                        .field = "client",
                        .kind = Kind::kChoice,
                        .place = Place::kLocal,
                        .help = "only for this one",
                        .words = "docker|podman|nerdctl|skopeo|buildah|helm|oras"};
constexpr Input kRepository{
    .name = "--repository", .field = "repository", .place = Place::kLocal, .help = "what you will push"};
constexpr Input kTagName{.name = "--tag", .field = "tag", .place = Place::kLocal, .help = "as which tag"};
constexpr Input kLogin{.name = "--temporary-login",
                       .field = "",
                       .kind = Kind::kFlag,
                       .place = Place::kLocal,
                       .help = "make a login that expires, and put it into the commands",
                       .words = "true"};
constexpr Input kLifetime{.name = "--lifetime-seconds",
                          .field = "lifetime_seconds",
                          .kind = Kind::kNumber,
                          .place = Place::kLocal,
                          .help = "how long the temporary login is good: 60 to 86400"};
constexpr Input kSubject{.name = "SUBJECT",
                         .field = "subject",
                         .place = Place::kQuery,
                         .help = "user:LOGIN, namespace:CLUSTER/NAME, robot:NAME or anonymous"};
constexpr Input kAnyImage{
    .name = "IMAGE", .field = "image", .place = Place::kQuery, .help = "as people write it, also with a host"};
constexpr Input kAction{.name = "--action",
                        .field = "action",
                        .kind = Kind::kChoice,
                        .place = Place::kQuery,
                        .help = "pull, unless this says so",
                        .words = "pull|push|delete|see|manage"};

/// The same inputs are a query of the commands, and the body of a login that comes with them.
Outcome<void> push_commands(Context& context) {
  if (auto connected = connect(context); !connected) return connected;
  auto request = build_request(*context.server, context.invocation, context.now);
  if (!request) return fail(request.error());
  const bool login = context.invocation.has("--temporary-login");
  if (context.invocation.has("--lifetime-seconds") && !login)
    return fail(kUsage, "--lifetime-seconds is for --temporary-login");
  if (login) {
    request->method = Method::kPost;
    request->path.replace(request->path.rfind('/'), std::string::npos, "/temporary-login");
    request->body.emplace();
  }
  for (const auto& input : {kClient, kRepository, kTagName, kLifetime}) {
    const auto text = context.invocation.value(input.name);
    if (text.empty() || (login && input.field == "client")) continue;
    if (!login)
      request->query.emplace_back(input.field, text);
    else if (input.kind == Kind::kNumber)
      (*request->body)[input.field] = std::stoll(std::string(text));
    else
      (*request->body)[input.field] = text;
  }
  const auto document = context.server->send(*request);
  if (!document) return fail(document.error());
  print(context, *document);
  return {};
}

}  // namespace

std::vector<Command> image_commands() {
  auto registry = kRegistryOption;
  registry.place = Place::kPath;
  return {
      {.noun = "image",
       .verb = "list",
       .summary = "List images: yours to see, a workspace's, or a namespace's.",
       .path = "{owner}/images",
       .owner = "/api/v1",
       .inputs = {kOfWorkspace, kOfNamespace, kSearch, kInRegistry, kInSpace, kVisibility, kSort, kOrder},
       .answer = Answer::kList,
       .columns = kImage},
      {.noun = "image",
       .verb = "show",
       .summary = "Show a repository, or one artifact with its layers.",
       .path = "/api/v1/registries/{registry}/spaces/{space}/repositories/{repository}",
       .inputs = {kImageName, registry},
       .answer = Answer::kObject,
       .view = show_image},
      {.noun = "image",
       .verb = "tags",
       .summary = "List a repository's tags.",
       .path = "/api/v1/registries/{registry}/spaces/{space}/tags/{repository}",
       .inputs = {kRepositoryName, registry, kTagSearch},
       .answer = Answer::kList,
       .columns = kTag},
      {.noun = "image",
       .verb = "delete",
       .summary = "Delete a repository with all its tags and manifests.",
       .method = Method::kDelete,
       .path = "/api/v1/registries/{registry}/spaces/{space}/repositories/{repository}",
       .inputs = {kRepositoryName, registry},
       .done = "Deleted {IMAGE}."},
      {.noun = "push-commands",
       .summary = "Print what to type to push into a space.",
       .path = "/api/v1/registries/{registry}/spaces/{space}/push-commands",
       .inputs = {kSpace, kClient, kRepository, kTagName, kLogin, kLifetime},
       .answer = Answer::kObject,
       .run = push_commands,
       .view = show_commands},
      {.noun = "explain",
       .summary = "Say why somebody may, or may not, pull an image.",
       .path = "/api/v1/explain",
       .inputs = {kSubject, kAnyImage, kAction},
       .answer = Answer::kObject,
       .view = show_explanation},
  };
}

}  // namespace berth::cli
