#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/profile.h"
#include "cli/server.h"

namespace berth::cli {

/// One command's run: what was typed, the server it is for, and where the answer goes. One thread.
struct Context {
  const Invocation& invocation;
  std::string version;
  Time now;
  std::optional<Server> server;    // since connect()
  std::optional<Time> login_ends;  // of a kept login, since connect()

  [[nodiscard]] bool json() const { return invocation.globals.format == Format::kJson; }
};

/// The server's address as --server, BERTH_SERVER or the latest login say, in this order; empty when none does.
[[nodiscard]] Outcome<std::string> chosen_server(const Invocation& invocation);

/// The logins of whoever runs this.
[[nodiscard]] Outcome<Profile> own_profile();
/// A client that trusts what --ca-file, BERTH_CA_FILE or the login at `url` say, in this order.
[[nodiscard]] HttpClient client_for(const Context& context, std::string_view url);

/// Sets context.server to the chosen one, with the token of BERTH_TOKEN or of the login. kNotLoggedIn without any.
[[nodiscard]] Outcome<void> connect(Context& context);

/// From here on with the person's own password, which is asked for: some changes the server takes from no token.
[[nodiscard]] Outcome<void> sign_in_as_person(Context& context);

/// From stdin if `flag` was given, else from the terminal.
[[nodiscard]] Outcome<std::string> password_from(const Context& context, std::string_view flag,
                                                 std::string_view prompt);

/// The document itself, or the columns; warnings that stand in it go to stderr.
void print(const Context& context, const json::value& document);
/// "berth: …" on stderr, with its subjects.
void report(const Failure& failure);

/// The ordinary run: builds the request, sends it, and shows the answer.
[[nodiscard]] Outcome<void> perform(Context& context);

}  // namespace berth::cli
