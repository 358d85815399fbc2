#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/context.h"
#include "cli/inputs.h"
#include "cli/reference.h"

namespace berth::cli {
namespace {

const std::vector<Column> kAudit{{"When", "occurred_at", As::kTime},
                                 {"Who", "actor"},
                                 {"From", "address"},
                                 {"Action", "action"},
                                 {"What", "target.name"},
                                 {"Workspace", "workspace"}};
const std::vector<Column> kSettings{{"Anonymous pull", "anonymous_pull", As::kYesNo}};
const std::vector<Column> kScrub{{"State", "state"},
                                 {"Looked at", "objects", As::kNumber},
                                 {"Of", "objects_total", As::kNumber},
                                 {"Read", "bytes", As::kSize},
                                 {"Limit per second", "bytes_per_second", As::kLimit},
                                 {"Found damaged", "damaged", As::kNumber},
                                 {"Whole again", "restored", As::kNumber},
                                 {"In quarantine", "quarantined", As::kNumber},
                                 {"Started", "started_at", As::kTime},
                                 {"Ended", "ended_at", As::kTime}};
const std::vector<Column> kDamaged{{"Digest", "digest"},
                                   {"Size", "size", As::kSize},
                                   {"Damage", "damage"},
                                   {"Found", "found_at", As::kTime},
                                   {"Affected", "affected", As::kList}};
constexpr Input kRate{.name = "--rate",
                      .field = "bytes_per_second",
                      .kind = Kind::kSize,
                      .place = Place::kBody,
                      .help = "read at most so much in a second: 50MB; all that the disk gives without it"};
const std::vector<Column> kSigningKeys{
    {"Key", "kid"}, {"Created", "created_at", As::kTime}, {"Verifies until", "verifies_until", As::kTime}};
constexpr Input kOf{
    .name = "--workspace", .field = "workspaces", .place = Place::kOwner, .help = "only what concerns this workspace"};
constexpr Input kAnonymousPull{.name = "--anonymous-pull",
                               .field = "anonymous_pull",
                               .kind = Kind::kSwitch,
                               .place = Place::kBody,
                               .help = "pull what is public without a login: on, off"};
constexpr std::size_t kAuditEntries = 50;

/// The server's version needs no login, but one must be known.
Outcome<void> show_version(Context& context) {
  const auto url = chosen_server(context.invocation);
  if (!url) return fail(url.error());
  json::value server;
  if (!url->empty()) {
    Server anonymous(*url, "", client_for(context, *url));
    auto answer =
        anonymous.send({.method = Method::kGet, .path = "/api/v1/version", .query = {}, .body = {}, .if_match = {}});
    if (!answer) return fail(answer.error());
    server = json::object{{"url", *url}, {"version", find_string(*answer, "version").value_or("")}};
  }
  print(context, json::object{{"client", context.version}, {"server", std::move(server)}});
  return {};
}

Outcome<void> print_completion(Context&) {
  fmt::print("{}", bash_completion());
  return {};
}

Outcome<void> print_reference(Context&) {
  fmt::print("{}", cli_reference());
  return {};
}

}  // namespace

std::vector<Command> platform_commands() {
  const std::vector<Column> kVersion{{"Client", "client"}, {"Server", "server.version"}, {"At", "server.url"}};
  return {
      {.noun = "signing-key",
       .verb = "list",
       .summary = "List the keys that sign registry tokens, and the ones before while their tokens last.",
       .path = "/api/v1/signing-keys",
       .answer = Answer::kList,
       .columns = kSigningKeys},
      {.noun = "signing-key",
       .verb = "rotate",
       .summary = "Sign with a new key from now on; tokens that the old one signed stay good until they end.",
       .method = Method::kPost,
       .path = "/api/v1/signing-keys",
       .answer = Answer::kObject,
       .columns = kSigningKeys},
      {.noun = "audit",
       .verb = "list",
       .summary = "List who changed what, the newest first.",
       .path = "{owner}/audit",
       .owner = "/api/v1",
       .inputs = {kOf},
       .answer = Answer::kList,
       .columns = kAudit,
       .limit = kAuditEntries},
      {.noun = "settings",
       .verb = "show",
       .summary = "Show the platform's settings.",
       .path = "/api/v1/settings",
       .answer = Answer::kObject,
       .columns = kSettings},
      {.noun = "settings",
       .verb = "set",
       .summary = "Change the platform's settings.",
       .method = Method::kPatch,
       .path = "/api/v1/settings",
       .inputs = {kAnonymousPull},
       .answer = Answer::kObject,
       .columns = kSettings},
      {.noun = "scrub",
       .verb = "start",
       .summary = "Read every stored blob and compare it with its digest, or go on with a pass that was stopped.",
       .method = Method::kPost,
       .path = "/api/v1/scrub",
       .inputs = {kRate},
       .answer = Answer::kObject,
       .columns = kScrub},
      {.noun = "scrub",
       .verb = "show",
       .summary = "Show how far it is, and what it found.",
       .path = "/api/v1/scrub",
       .answer = Answer::kObject,
       .columns = kScrub},
      {.noun = "scrub",
       .verb = "stop",
       .summary = "Stop it; the next start goes on from there.",
       .method = Method::kDelete,
       .path = "/api/v1/scrub",
       .answer = Answer::kObject,
       .columns = kScrub},
      {.noun = "scrub",
       .verb = "damaged",
       .summary = "List the blobs that are quarantined until they are pushed again, and the images that need them.",
       .path = "/api/v1/damaged-blobs",
       .answer = Answer::kList,
       .columns = kDamaged},
      {.noun = "version",
       .summary = "Print the version of this program, and of the server.",
       .answer = Answer::kObject,
       .columns = kVersion,
       .run = show_version},
      {.noun = "completion",
       .verb = "bash",
       .summary = "Print a script that completes commands: source <(berth completion bash).",
       .run = print_completion},
      {.noun = "reference", .summary = "Print docs/cli.md.", .run = print_reference, .hidden = true},
  };
}

}  // namespace berth::cli
