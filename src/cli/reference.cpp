#include "cli/reference.h"

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/parser.h"

namespace berth::cli {
namespace {

constexpr std::string_view kIntroduction = R"(# The command line

`berth <noun> <verb>` is a client of a server's REST API ([api/openapi.yaml](../api/openapi.yaml)); `berth serve` is the
server itself; `berth backup`, `berth restore` and `berth fsck` work on its data directory, on its machine
([reliability.md](reliability.md)). This page is made by `berth reference > docs/cli.md`; a test holds the two against each other.

## Logging in

    berth login https://registry.example.com --login alice

asks for the password without showing it (or reads it from stdin, with `--password-stdin`) and exchanges it for a personal
access token that expires. The token is kept in `$XDG_CONFIG_HOME/berth/credentials.json` (`~/.config/berth/…`), which only
you can read; the password is kept nowhere. You may be logged in to several servers: `--server` chooses, otherwise it is
the one of the latest login. A few changes are for people and not for tokens (platform roles, other people's passwords):
for these your own password is asked again.

Passwords and tokens are never arguments: every process on a machine can read those.

| variable | meaning |
|---|---|
| `BERTH_SERVER` | the server to talk to; `--server` goes before it |
| `BERTH_TOKEN` | a personal access token to use instead of the kept one, for CI |
| `BERTH_CA_FILE` | the authority whose certificates to trust; `--ca-file` goes before it |
| `XDG_CONFIG_HOME`, `HOME` | where logins are kept |

Certificates are always verified. Redirects are not followed, so that no credential reaches another host.

## What it prints

`-o table` is for people: aligned columns, sizes and times in words. `-o json` is the server's own JSON: one object, or one
array with the items of all pages. `--limit` ends a list earlier. Refusals and warnings go to stderr: the server's
message, then what stands in the way, a line each.

## Exit statuses

| status | meaning |
|---|---|
| 0 | done |
| 1 | the server refused; stderr says why |
| 2 | wrong usage: nothing was sent, or nothing was changed |
| 3 | the server could not be reached, or did not answer in time |
| 4 | not logged in, or the login is not good any more |

`berth backup`, `berth restore` and `berth fsck` have their own: 0 all is well, 1 something is damaged, 2 wrong usage, 3 it could
not be done.

## How things are named

| | |
|---|---|
| `SPACE` | `base` in the server's own registry, or `harbor-a/base` |
| `SPACES`, `WORKSPACES` | one, or several with commas: `base,apps` |
| `IMAGE` | `base/tools/web`, `base/tools/web:1.2`, `base/tools/web@sha256:…`; the server's host may stand before it |
| `NAMESPACE` | `c1/shop`, cluster and name, or its id |
| `MEMBER` | `alice` or `user:alice`, a user; `group:devs`, a group |
| `ROBOT` | `robot+retail+ci`, or `ci` alone, or its id |
| `GRANT` | `pull,push:base`, `pull:base/tools/web`, `pull:*` |
| `WHEN` | `30d`, `12h`, `15m`, `2027-01-31T00:00:00Z`, `never` |
| `SIZE` | `10GiB`, `500MB`, `1073741824` |

## Options of every command

| option | meaning |
|---|---|
)";

std::string row(std::string_view left, std::string_view right) {
  std::string cell(left);
  for (auto at = cell.find('|'); at != std::string::npos; at = cell.find('|', at + 2)) cell.insert(at, "\\");
  return fmt::format("| `{}` | {} |\n", cell, right);
}

std::string section(const Command& command) {
  auto out = fmt::format("\n### {}\n\n{}\n", usage_of(command), command.summary);
  if (command.inputs.empty() && command.answer != Answer::kList) return out;
  out += "\n| input | meaning |\n|---|---|\n";
  for (const auto& input : command.inputs)
    out += row(input.positional() ? std::string(input.name) : option_text(input), input.help);
  if (command.answer == Answer::kList)
    out += row("--limit NUMBER", command.limit ? fmt::format("at most so many; {} without it", command.limit)
                                               : std::string("at most so many; all without it"));
  return out;
}

}  // namespace

std::string cli_reference() {
  std::string out(kIntroduction);
  for (const auto& option : global_options()) {
    const auto comma = option.names.find(',');
    const auto names = comma == std::string_view::npos
                           ? std::string(option.names)
                           : fmt::format("{}, {}", option.names.substr(0, comma), option.names.substr(comma + 1));
    out += row(fmt::format("{} {}", names, option.value), option.help);
  }
  out += "\n## Commands\n";
  for (const auto& command : all_commands())
    if (!command.hidden) out += section(command);
  return out;
}

}  // namespace berth::cli
