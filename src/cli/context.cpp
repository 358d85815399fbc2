#include "cli/context.h"

#include <cstdlib>

#include "cli/human.h"
#include "cli/lasting.h"
#include "cli/request_builder.h"
#include "cli/secrets.h"
#include "cli/server_url.h"

namespace berth::cli {
namespace {

std::string environment(const char* name) {
  const auto* value = std::getenv(name);
  return value ? value : "";
}

Failure not_logged_in() {
  return {kNotLoggedIn, "you are not logged in to any server", {}};
}

/// "Deleted workspace {WORKSPACE}." with what was typed.
std::string filled(std::string_view text, const Invocation& invocation) {
  std::string out;
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    const auto close = text.find('}');
    if (close == std::string_view::npos) break;
    out += printable(invocation.value(text.substr(1, close - 1)));
    text.remove_prefix(close + 1);
  }
  return out;
}

void warn_of(const json::value& document) {
  if (const auto* warnings = find_array(document, "warnings"))
    for (const auto& warning : *warnings)
      if (const auto* text = warning.if_string()) fmt::print(stderr, "berth: warning: {}\n", printable(*text));
}

void print_for_people(const Context& context, const json::value& document) {
  const auto& command = *context.invocation.command;
  if (command.view) return command.view(context, document);
  if (const auto* items = document.if_array(); items && command.answer == Answer::kList) {
    if (items->empty())
      fmt::print(stderr, "There is nothing to list.\n");
    else
      fmt::print("{}", to_table(*items, command.columns, context.now));
    return;
  }
  if (command.answer == Answer::kNothing || document.is_null())
    fmt::print("{}\n", filled(command.done, context.invocation));
  else
    fmt::print("{}", to_lines(document, command.columns, context.now));
}

/// Some things the server takes from a person only, and not from a token that stands for one.
Outcome<bool> needs_person(Context& context, const ApiRequest& request) {
  const auto& invocation = context.invocation;
  const auto in_person = [&](const Input& input) { return input.in_person && invocation.has(input.name); };
  if (std::ranges::any_of(invocation.command->inputs, in_person)) return true;
  return invocation.command->lasting ? outlives_login(context, request) : Outcome<bool>(false);
}

}  // namespace

Outcome<Profile> own_profile() {
  auto path = Profile::default_path();
  if (!path) return fail(path.error());
  return Profile::load(std::move(*path));
}

HttpClient client_for(const Context& context, std::string_view url) {
  auto ca_file = context.invocation.globals.ca_file;
  if (ca_file.empty()) ca_file = environment("BERTH_CA_FILE");
  if (const auto profile = own_profile(); profile && ca_file.empty())
    if (const auto* account = profile->find(url)) ca_file = account->ca_file;
  return HttpClient({.ca_file = std::move(ca_file),
                     .timeout_seconds = context.invocation.globals.timeout_seconds,
                     .user_agent = "berth/" + context.version});
}

Outcome<std::string> chosen_server(const Invocation& invocation) {
  auto named = invocation.globals.server;
  if (named.empty()) named = environment("BERTH_SERVER");
  if (!named.empty() && named.contains("://")) return normal_url(named);
  const auto profile = own_profile();
  if (!profile) return fail(profile.error());
  const auto* account = named.empty() ? profile->current() : profile->find(named);
  if (account) return account->url;
  return named.empty() ? Outcome<std::string>("") : normal_url(named);
}

Outcome<void> connect(Context& context) {
  auto url = chosen_server(context.invocation);
  if (!url) return fail(url.error());
  auto token = environment("BERTH_TOKEN");
  if (const auto profile = own_profile(); profile && token.empty() && !url->empty())
    if (const auto* account = profile->find(*url)) {
      token = account->token;
      if (const auto ends = parse_rfc3339(account->expires_at)) context.login_ends = *ends;
    }
  if (url->empty() || token.empty()) {
    auto failure = not_logged_in();
    if (!url->empty()) failure.message = fmt::format("you are not logged in to {}", *url);
    return fail(failure);
  }
  auto client = client_for(context, *url);
  context.server.emplace(std::move(*url), "Bearer " + token, std::move(client));
  return {};
}

Outcome<std::string> password_from(const Context& context, std::string_view flag, std::string_view prompt) {
  return context.invocation.has(flag) ? read_from_stdin() : ask_on_terminal(prompt);
}

Outcome<void> sign_in_as_person(Context& context) {
  const auto session = context.server->send(
      {.method = Method::kGet, .path = "/api/v1/session", .query = {}, .body = {}, .if_match = {}});
  if (!session) return fail(session.error());
  const auto login = std::string(find_string(*session, "login").value_or(""));
  const auto password =
      password_from(context, "--own-password-stdin", fmt::format("Your own password ({}): ", printable(login)));
  if (!password) return fail(password.error());
  context.server->authorize(basic_authorization(login, *password));
  return {};
}

void print(const Context& context, const json::value& document) {
  warn_of(document);
  if (!context.json()) return print_for_people(context, document);
  if (!document.is_null()) fmt::print("{}\n", json::serialize(document));
}

void report(const Failure& failure) {
  fmt::print(stderr, "berth: {}\n", failure.message);
  for (const auto& subject : failure.subjects) fmt::print(stderr, "  {}\n", subject);
  if (failure.status == kNotLoggedIn) fmt::print(stderr, "Log in first: berth login URL --login NAME\n");
}

Outcome<void> perform(Context& context) {
  const auto& invocation = context.invocation;
  if (auto connected = connect(context); !connected) return connected;
  auto request = build_request(*context.server, invocation, context.now);
  if (!request) return fail(request.error());
  const auto needed = needs_person(context, *request);
  if (!needed) return fail(needed.error());
  if (*needed)
    if (auto signed_in = sign_in_as_person(context); !signed_in) return signed_in;
  if (auto asked = read_passwords(*request, context); !asked) return asked;
  if (invocation.command->answer == Answer::kList) {
    auto items = context.server->list(std::move(*request), invocation.limit);
    if (!items) return fail(items.error());
    print(context, std::move(*items));
    return {};
  }
  const auto document = context.server->send(*request);
  if (!document) return fail(document.error());
  print(context, *document);
  return {};
}

}  // namespace berth::cli
