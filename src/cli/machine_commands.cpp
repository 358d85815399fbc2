#include "cli/commands.h"
#include "cli/inputs.h"

namespace berth::cli {
namespace {

using namespace inputs;

const std::vector<Column> kToken{{"Id", "id", As::kNumber},
                                 {"Name", "name"},
                                 {"API", "grants.api"},
                                 {"Created", "created_at", As::kTime},
                                 {"Expires", "expires_at", As::kTime}};
const std::vector<Column> kNewToken{
    {"Name", "name"}, {"Secret", "secret", As::kOnce}, {"Grants", "grants"}, {"Expires", "expires_at", As::kTime}};
const std::vector<Column> kRobot{{"Id", "id", As::kNumber},      {"Login", "login"},
                                 {"Description", "description"}, {"Disabled", "disabled", As::kYesNo},
                                 {"Created by", "created_by"},   {"Expires", "expires_at", As::kTime}};
const std::vector<Column> kRobotDetails{{"Id", "id", As::kNumber},
                                        {"Login", "login"},
                                        {"Secret", "secret", As::kOnce},
                                        {"Description", "description"},
                                        {"Grants", "grants"},
                                        {"Disabled", "disabled", As::kYesNo},
                                        {"Temporary", "temporary", As::kYesNo},
                                        {"Created by", "created_by"},
                                        {"Created", "created_at", As::kTime},
                                        {"Expires", "expires_at", As::kTime}};
const std::vector<Column> kSession{{"Id", "id", As::kNumber},
                                   {"Address", "address"},
                                   {"User agent", "user_agent"},
                                   {"Since", "created_at", As::kTime},
                                   {"Expires", "expires_at", As::kTime}};
constexpr Input kTokenName{
    .name = "TOKEN", .field = "token", .kind = Kind::kItem, .help = "its name, or its id", .words = "name"};
constexpr Input kNewTokenName{
    .name = "NAME", .field = "name", .place = Place::kBody, .help = "what you will know it by"};
constexpr Input kApi{.name = "--api",
                     .field = "grants.api",
                     .kind = Kind::kChoice,
                     .place = Place::kBody,
                     .help = "what it may do with the API and this command line",
                     .words = "none|read|write"};
constexpr Input kGrant{.name = "--grant",
                       .field = "grants.spaces",
                       .kind = Kind::kGrants,
                       .place = Place::kBody,
                       .help =
                           "VERBS:SPACE[/REPOSITORY], as in pull,push:library, or pull:* for every space that its owner"
                           " may use; may be given again"};
constexpr Input kOwner{.name = "--workspace",
                       .field = "workspaces",
                       .place = Place::kOwner,
                       .help = "the workspace that it belongs to; without it, you"};
constexpr Input kRobotName{.name = "ROBOT",
                           .field = "robot",
                           .kind = Kind::kItem,
                           .help = "its login, the last part of it, or its id",
                           .words = "login"};
constexpr Input kNewRobot{
    .name = "ROBOT", .field = "name", .place = Place::kBody, .help = "the last part of its login"};
constexpr Input kDisable{.name = "--disable",
                         .field = "disabled",
                         .kind = Kind::kFlag,
                         .place = Place::kBody,
                         .help = "its secret is not good any more",
                         .words = "true"};
constexpr Input kEnable{.name = "--enable",
                        .field = "disabled",
                        .kind = Kind::kFlag,
                        .place = Place::kBody,
                        .help = "its secret is good again",
                        .words = "false"};
constexpr Input kSessionId{.name = "SESSION", .field = "session", .help = "its id"};
constexpr std::string_view kMe = "/api/v1/me";
constexpr std::string_view kRobots = "{owner}/robots";
constexpr std::string_view kOne = "{owner}/robots/{robot}";

std::vector<Command> robots() {
  return {
      {.noun = "robot",
       .verb = "list",
       .summary = "List the robots of a workspace, or your own.",
       .path = kRobots,
       .owner = kMe,
       .inputs = {kOwner},
       .answer = Answer::kList,
       .columns = kRobot},
      {.noun = "robot",
       .verb = "create",
       .summary = "Make a robot; its secret is shown this once.",
       .method = Method::kPost,
       .path = kRobots,
       .owner = kMe,
       .inputs = {kNewRobot, kOwner, kGrant, kRegistryOption, kApi, kDescription, kExpires, kOwnPasswordStdin},
       .answer = Answer::kObject,
       .columns = kRobotDetails,
       .lasting = true},
      {.noun = "robot",
       .verb = "show",
       .summary = "Show a robot and its grants.",
       .path = kOne,
       .owner = kMe,
       .inputs = {kRobotName, kOwner},
       .answer = Answer::kObject,
       .columns = kRobotDetails},
      {.noun = "robot",
       .verb = "update",
       .summary = "Change a robot; grants that are named replace all it had.",
       .method = Method::kPatch,
       .path = kOne,
       .owner = kMe,
       .inputs = {kRobotName, kOwner, kGrant, kRegistryOption, kApi, kDescription, kExpires, kDisable, kEnable,
                  kOwnPasswordStdin},
       .answer = Answer::kObject,
       .columns = kRobotDetails,
       .lasting = true},
      {.noun = "robot",
       .verb = "rotate",
       .summary = "Give a robot a new secret; the old one ends at once.",
       .method = Method::kPost,
       .path = "{owner}/robots/{robot}/secret",
       .owner = kMe,
       .inputs = {kRobotName, kOwner, kOwnPasswordStdin},
       .answer = Answer::kObject,
       .columns = kRobotDetails,
       .lasting = true},
      {.noun = "robot",
       .verb = "delete",
       .summary = "Delete a robot.",
       .method = Method::kDelete,
       .path = kOne,
       .owner = kMe,
       .inputs = {kRobotName, kOwner},
       .done = "Deleted robot {ROBOT}."},
  };
}

}  // namespace

std::vector<Command> machine_commands() {
  std::vector<Command> all{
      {.noun = "token",
       .verb = "list",
       .summary = "List your personal access tokens.",
       .path = "/api/v1/me/tokens",
       .answer = Answer::kList,
       .columns = kToken},
      {.noun = "token",
       .verb = "create",
       .summary = "Make a token; its secret is shown this once.",
       .method = Method::kPost,
       .path = "/api/v1/me/tokens",
       .inputs = {kNewTokenName, kGrant, kRegistryOption, kApi, kExpires, kOwnPasswordStdin},
       .answer = Answer::kObject,
       .columns = kNewToken,
       .lasting = true},
      {.noun = "token",
       .verb = "delete",
       .summary = "End a token.",
       .method = Method::kDelete,
       .path = "/api/v1/me/tokens/{token}",
       .inputs = {kTokenName},
       .done = "Deleted token {TOKEN}."},
      {.noun = "session",
       .verb = "list",
       .summary = "List your logins in browsers.",
       .path = "/api/v1/me/sessions",
       .answer = Answer::kList,
       .columns = kSession},
      {.noun = "session",
       .verb = "end",
       .summary = "End one of them.",
       .method = Method::kDelete,
       .path = "/api/v1/me/sessions/{session}",
       .inputs = {kSessionId},
       .done = "Ended session {SESSION}."},
  };
  for (const auto& each : robots()) all.push_back(each);
  return all;
}

}  // namespace berth::cli
