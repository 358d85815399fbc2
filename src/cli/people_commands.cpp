#include "cli/commands.h"
#include "cli/inputs.h"

namespace berth::cli {
namespace {

using namespace inputs;

const std::vector<Column> kUser{{"Login", "login"},
                                {"Display name", "display_name"},
                                {"Email", "email"},
                                {"Platform role", "platform_role"},
                                {"Disabled", "disabled", As::kYesNo},
                                {"Created", "created_at", As::kTime}};
const std::vector<Column> kNewUser{{"Login", "login"},
                                   {"Display name", "display_name"},
                                   {"Email", "email"},
                                   {"Platform role", "platform_role"},
                                   {"Password", "password", As::kOnce}};
const std::vector<Column> kGroup{
    {"Name", "name"}, {"Source", "source"}, {"Members", "members", As::kNumber}, {"Created", "created_at", As::kTime}};
const std::vector<Column> kGroupDetails{
    {"Name", "name"}, {"Source", "source"}, {"Members", "members", As::kList}, {"Created", "created_at", As::kTime}};
constexpr Input kUserName{.name = "LOGIN", .field = "user", .help = "the user's login"};
constexpr Input kNewLogin{.name = "LOGIN", .field = "login", .place = Place::kBody, .help = "the new login"};
constexpr Input kEmail{.name = "--email", .field = "email", .place = Place::kBody, .help = "where mail goes"};
constexpr Input kPlatformRole{.name = "--platform-role",
                              .field = "platform_role",
                              .kind = Kind::kChoice,
                              .place = Place::kBody,
                              .help = "the role on the whole platform; asks for your own password",
                              .words = "none|auditor|administrator",
                              .in_person = true};
constexpr Input kNewPassword{.name = "--password-stdin",
                             .field = "password",
                             .kind = Kind::kPassword,
                             .place = Place::kBody,
                             .help = "the user's password is the next line of stdin; without it the server makes one"};
constexpr Input kSetPassword{.name = "--password-stdin",
                             .field = "password",
                             .kind = Kind::kPassword,
                             .place = Place::kBody,
                             .help = "the user's new password is the next line of stdin; asks for your own password",
                             .in_person = true};
constexpr Input kDisable{.name = "--disable",
                         .field = "disabled",
                         .kind = Kind::kFlag,
                         .place = Place::kBody,
                         .help = "no login and no credential of the user is good any more",
                         .words = "true"};
constexpr Input kEnable{.name = "--enable",
                        .field = "disabled",
                        .kind = Kind::kFlag,
                        .place = Place::kBody,
                        .help = "the user may come in again",
                        .words = "false"};
constexpr Input kSearch{.name = "--search",
                        .field = "search",
                        .place = Place::kQuery,
                        .help = "a part of the login, the name or the email"};
constexpr Input kGroupName{.name = "GROUP", .field = "group", .help = "the group's name"};
constexpr Input kNewGroup{.name = "GROUP", .field = "name", .place = Place::kBody, .help = "its name"};
constexpr std::string_view kOneUser = "/api/v1/users/{user}";
constexpr std::string_view kOneGroup = "/api/v1/groups/{group}";
constexpr std::string_view kGroupMember = "/api/v1/groups/{group}/members/{user}";

std::vector<Command> groups() {
  return {
      {.noun = "group",
       .verb = "list",
       .summary = "List the groups.",
       .path = "/api/v1/groups",
       .answer = Answer::kList,
       .columns = kGroup},
      {.noun = "group",
       .verb = "create",
       .summary = "Make a group.",
       .method = Method::kPost,
       .path = "/api/v1/groups",
       .inputs = {kNewGroup},
       .answer = Answer::kObject,
       .columns = kGroupDetails},
      {.noun = "group",
       .verb = "show",
       .summary = "Show a group and who is in it.",
       .path = kOneGroup,
       .inputs = {kGroupName},
       .answer = Answer::kObject,
       .columns = kGroupDetails},
      {.noun = "group",
       .verb = "delete",
       .summary = "Delete a group, with its memberships.",
       .method = Method::kDelete,
       .path = kOneGroup,
       .inputs = {kGroupName},
       .done = "Deleted group {GROUP}."},
      {.noun = "group",
       .verb = "add",
       .summary = "Put a user into a group.",
       .method = Method::kPut,
       .path = kGroupMember,
       .inputs = {kGroupName, kUserName},
       .done = "{LOGIN} is in group {GROUP}."},
      {.noun = "group",
       .verb = "remove",
       .summary = "Take a user out of a group.",
       .method = Method::kDelete,
       .path = kGroupMember,
       .inputs = {kGroupName, kUserName},
       .done = "{LOGIN} is not in group {GROUP}."},
  };
}

}  // namespace

std::vector<Command> people_commands() {
  std::vector<Command> all{
      {.noun = "user",
       .verb = "list",
       .summary = "List the users.",
       .path = "/api/v1/users",
       .inputs = {kSearch},
       .answer = Answer::kList,
       .columns = kUser},
      {.noun = "user",
       .verb = "create",
       .summary = "Make a user; a generated password is shown this once.",
       .method = Method::kPost,
       .path = "/api/v1/users",
       .inputs = {kNewLogin, kDisplayName, kEmail, kPlatformRole, kNewPassword, kOwnPasswordStdin},
       .answer = Answer::kObject,
       .columns = kNewUser},
      {.noun = "user",
       .verb = "show",
       .summary = "Show a user.",
       .path = kOneUser,
       .inputs = {kUserName},
       .answer = Answer::kObject,
       .columns = kUser},
      {.noun = "user",
       .verb = "update",
       .summary = "Change a user.",
       .method = Method::kPatch,
       .path = kOneUser,
       .inputs = {kUserName, kDisplayName, kEmail, kPlatformRole, kDisable, kEnable, kSetPassword, kOwnPasswordStdin},
       .answer = Answer::kObject,
       .columns = kUser},
      {.noun = "user",
       .verb = "delete",
       .summary = "Delete a user, with tokens, robots and memberships.",
       .method = Method::kDelete,
       .path = kOneUser,
       .inputs = {kUserName},
       .done = "Deleted user {LOGIN}."},
  };
  for (const auto& each : groups()) all.push_back(each);
  return all;
}

}  // namespace berth::cli
