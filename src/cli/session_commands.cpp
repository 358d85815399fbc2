#include <unistd.h>

#include <filesystem>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/human.h"
#include "cli/server_url.h"
#include "cli/views.h"

namespace berth::cli {
namespace {

constexpr std::string_view kTokens = "/api/v1/me/tokens";
constexpr std::string_view kDefaultLifetime = "30d";

constexpr Input kUrl{
    .name = "URL", .field = "", .place = Place::kLocal, .help = "the server, https://registry.example.com"};
constexpr Input kLogin{
    .name = "--login", .field = "login", .place = Place::kLocal, .help = "who you are", .required = true};
constexpr Input kPasswordStdin{.name = "--password-stdin",
                               .field = "password",
                               .kind = Kind::kPassword,
                               .place = Place::kLocal,
                               .help = "read the password from the first line of stdin instead of asking"};
constexpr Input kBothStdin{.name = "--password-stdin",
                           .field = "password",
                           .kind = Kind::kPassword,
                           .place = Place::kLocal,
                           .help = "read the old password and the new one from stdin, a line each, instead of asking"};
constexpr Input kLifetime{.name = "--expires",
                          .field = "expires_at",
                          .kind = Kind::kExpiry,
                          .place = Place::kLocal,
                          .help = "how long the login is good: 30d (the default), 12h, an RFC 3339 time"};

std::string machine_name() {
  char name[256] = "";
  return gethostname(static_cast<char*>(name), sizeof name - 1) == 0 ? static_cast<char*>(name) : "a machine";
}

/// A login stands for the whole person: the server still decides each time what that person may.
json::object grants_of_a_person() {
  return {{"api", "write"}, {"spaces", json::array{json::object{{"verbs", {"pull", "push", "delete"}}}}}};
}

ApiRequest new_token(Time now, Time expires_at) {
  const auto name = fmt::format("berth login on {}, {}", machine_name(), to_rfc3339(now));
  return {
      .method = Method::kPost,
      .path = std::string(kTokens),
      .query = {},
      .body = json::object{{"name", name}, {"grants", grants_of_a_person()}, {"expires_at", to_rfc3339(expires_at)}},
      .if_match = {}};
}

ApiRequest end_token(std::int64_t id) {
  return {
      .method = Method::kDelete, .path = fmt::format("{}/{}", kTokens, id), .query = {}, .body = {}, .if_match = {}};
}

/// Absolute, so that it is found from any directory.
std::string kept_ca_file(const Context& context) {
  const auto& given = context.invocation.globals.ca_file;
  return given.empty() ? given : std::filesystem::absolute(given).string();
}

Outcome<void> keep(Context& context, Profile& profile, const json::value& token) {
  Account account{.url = context.server->url(),
                  .login = std::string(context.invocation.value("--login")),
                  .token = std::string(find_string(token, "secret").value_or("")),
                  .token_id = find_int(token, "id").value_or(0),
                  .expires_at = std::string(find_string(token, "expires_at").value_or("")),
                  .ca_file = kept_ca_file(context)};
  const auto* found = profile.find(account.url);
  const auto before = found ? std::optional(*found) : std::nullopt;
  if (before && account.ca_file.empty()) account.ca_file = before->ca_file;
  const bool same = before && before->login == account.login;
  const auto expires = parse_rfc3339(account.expires_at);
  fmt::print("Logged in to {} as {}", account.url, account.login);
  fmt::print("{}.\n", expires ? "; the login expires " + human_time(*expires, context.now) : "");
  profile.put(std::move(account));
  if (auto saved = profile.save(); !saved) return saved;
  // Tidying up only: the token before may be gone already. It ends itself: where it is none of the server's, a new one
  // in an old one's place, its id may be another token's, even the one that was just made.
  if (same) {
    Server as_before(before->url, "Bearer " + before->token, client_for(context, before->url));
    static_cast<void>(as_before.send(end_token(before->token_id)));
  }
  return {};
}

/// The password is sent once, for a token that stands for it from then on.
Outcome<void> login(Context& context) {
  const auto& invocation = context.invocation;
  const auto url = normal_url(invocation.value("URL"));
  if (!url) return fail(url.error());
  auto profile = own_profile();
  if (!profile) return fail(profile.error());
  const auto text = invocation.has("--expires") ? invocation.value("--expires") : kDefaultLifetime;
  const auto expires_at = parse_expiry(text, context.now);
  if (!expires_at)
    return fail(kUsage, fmt::format("--expires: '{}' is no expiry: write 30d, 12h or an RFC 3339 time", text));
  if (readable_on_the_way(*url))
    fmt::print(stderr, "berth: warning: {} is plain HTTP; the password can be read on the way\n", *url);
  const auto name = invocation.value("--login");
  const auto password = password_from(context, "--password-stdin", fmt::format("Password for {} at {}: ", name, *url));
  if (!password) return fail(password.error());
  context.server.emplace(*url, basic_authorization(name, *password), client_for(context, *url));
  const auto token = context.server->send(new_token(context.now, *expires_at));
  if (!token) return fail(token.error());
  return keep(context, *profile, *token);
}

/// The file forgets the token in any case; the status says whether the server has ended it, too.
Outcome<void> logout(Context& context) {
  const auto url = chosen_server(context.invocation);
  if (!url) return fail(url.error());
  auto profile = own_profile();
  if (!profile) return fail(profile.error());
  const auto* found = url->empty() ? nullptr : profile->find(*url);
  if (!found) return fail(kNotLoggedIn, "you are not logged in there");
  const auto account = *found;
  Server server(account.url, "Bearer " + account.token, client_for(context, account.url));
  const auto ended = server.send(end_token(account.token_id));
  profile->remove(account.url);
  if (auto saved = profile->save(); !saved) return saved;
  if (!ended && ended.error().status == kUnreachable)
    return fail(kUnreachable, fmt::format("the login was forgotten here, but its token is good until {}: {}",
                                          account.expires_at, ended.error().message));
  fmt::print("Logged out of {}.\n", account.url);
  return {};
}

Outcome<void> whoami(Context& context) {
  if (auto connected = connect(context); !connected) return connected;
  auto session = context.server->send(
      {.method = Method::kGet, .path = "/api/v1/session", .query = {}, .body = {}, .if_match = {}});
  if (!session) return fail(session.error());
  if (auto* object = session->if_object(); object && !context.json()) (*object)["server"] = context.server->url();
  print(context, *session);
  return {};
}

Outcome<void> change_password(Context& context) {
  if (auto connected = connect(context); !connected) return connected;
  const auto session = context.server->send(
      {.method = Method::kGet, .path = "/api/v1/session", .query = {}, .body = {}, .if_match = {}});
  if (!session) return fail(session.error());
  const auto name = find_string(*session, "login").value_or("");
  const auto old = password_from(context, "--password-stdin", "Your password now: ");
  if (!old) return fail(old.error());
  const auto wanted = password_from(context, "--password-stdin", "The new password: ");
  if (!wanted) return fail(wanted.error());
  if (!context.invocation.has("--password-stdin")) {
    const auto again = password_from(context, "", "The new password again: ");
    if (!again) return fail(again.error());
    if (*again != *wanted) return fail(kUsage, "the two new passwords are not the same");
  }
  context.server->authorize(basic_authorization(name, *old));
  const auto changed =
      context.server->send({.method = Method::kPut,
                            .path = "/api/v1/me/password",
                            .query = {},
                            .body = json::object{{"current_password", *old}, {"new_password", *wanted}},
                            .if_match = {}});
  if (!changed) return fail(changed.error());
  print(context, nullptr);
  return {};
}

}  // namespace

std::vector<Command> session_commands() {
  return {
      {.noun = "login",
       .summary = "Log in to a server; a token is kept, the password is not.",
       .inputs = {kUrl, kLogin, kPasswordStdin, kLifetime},
       .run = login},
      {.noun = "logout", .summary = "End the login, here and on the server.", .run = logout},
      {.noun = "whoami",
       .summary = "Say who you are on the server, and in which workspaces.",
       .answer = Answer::kObject,
       .run = whoami,
       .view = show_me},
      {.noun = "password",
       .summary = "Change your own password.",
       .inputs = {kBothStdin},
       .done = "The password is changed; other sessions have ended.",
       .run = change_password},
  };
}

}  // namespace berth::cli
