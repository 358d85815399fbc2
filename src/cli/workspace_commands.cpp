#include "cli/commands.h"
#include "cli/inputs.h"

namespace berth::cli {
namespace {

using namespace inputs;

const std::vector<Column> kColumns{{"Name", "name"},
                                   {"Display name", "display_name"},
                                   {"Admins", "administrators", As::kNumber},
                                   {"Created", "created_at", As::kTime}};
const std::vector<Column> kDetails{{"Name", "name"},
                                   {"Display name", "display_name"},
                                   {"Description", "description"},
                                   {"Admins", "administrators", As::kNumber},
                                   {"Size", "logical_bytes", As::kSize},
                                   {"Quota", "quota_bytes", As::kSize},
                                   {"Created", "created_at", As::kTime},
                                   {"Version", "version", As::kNumber}};
const std::vector<Column> kMember{{"Kind", "kind"},
                                  {"Name", "name"},
                                  {"Display name", "display_name"},
                                  {"Role", "role"},
                                  {"Since", "created_at", As::kTime}};
constexpr Input kMemberName{
    .name = "MEMBER", .field = "principal", .kind = Kind::kMember, .help = "LOGIN, or group:NAME"};
constexpr Input kRole{.name = "--role",
                      .field = "role",
                      .kind = Kind::kChoice,
                      .place = Place::kBody,
                      .help = "what the member may do",
                      .words = "admin|editor|viewer",
                      .required = true};
constexpr Input kQuota{.name = "--quota",
                       .field = "quota_bytes",
                       .kind = Kind::kSize,
                       .place = Place::kBody,
                       .help = "how much the spaces that it owns may hold: 10GiB, none"};
constexpr std::string_view kOne = "/api/v1/workspaces/{workspace}";
constexpr std::string_view kOneMember = "/api/v1/workspaces/{workspace}/members/{kind}/{principal}";

}  // namespace

std::vector<Command> workspace_commands() {
  return {
      {.noun = "workspace",
       .verb = "list",
       .summary = "List the workspaces that you may see.",
       .path = "/api/v1/workspaces",
       .answer = Answer::kList,
       .columns = kColumns},
      {.noun = "workspace",
       .verb = "create",
       .summary = "Make a workspace.",
       .method = Method::kPost,
       .path = "/api/v1/workspaces",
       .inputs = {kNewWorkspace, kDisplayName, kDescription, kQuota},
       .answer = Answer::kObject,
       .columns = kDetails},
      {.noun = "workspace",
       .verb = "show",
       .summary = "Show a workspace.",
       .path = kOne,
       .inputs = {kWorkspace},
       .answer = Answer::kObject,
       .columns = kDetails},
      {.noun = "workspace",
       .verb = "update",
       .summary = "Change a workspace.",
       .method = Method::kPatch,
       .path = kOne,
       .inputs = {kWorkspace, kDisplayName, kDescription, kQuota, kIfVersion},
       .answer = Answer::kObject,
       .columns = kDetails},
      {.noun = "workspace",
       .verb = "delete",
       .summary = "Delete a workspace that nothing belongs to any more.",
       .method = Method::kDelete,
       .path = kOne,
       .inputs = {kWorkspace, kIfVersion},
       .done = "Deleted workspace {WORKSPACE}."},
      {.noun = "member",
       .verb = "list",
       .summary = "List a workspace's members.",
       .path = "/api/v1/workspaces/{workspace}/members",
       .inputs = {kWorkspace},
       .answer = Answer::kList,
       .columns = kMember},
      {.noun = "member",
       .verb = "set",
       .summary = "Add a member, or give one another role.",
       .method = Method::kPut,
       .path = kOneMember,
       .inputs = {kWorkspace, kMemberName, kRole},
       .answer = Answer::kObject,
       .columns = kMember},
      {.noun = "member",
       .verb = "remove",
       .summary = "Take a member out of a workspace.",
       .method = Method::kDelete,
       .path = kOneMember,
       .inputs = {kWorkspace, kMemberName},
       .done = "Removed {MEMBER} from workspace {WORKSPACE}."},
  };
}

}  // namespace berth::cli
