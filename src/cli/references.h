#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "cli/outcome.h"

/// How people name things on the command line. Pure.
namespace berth::cli {

/// "a,b" → a and b; kUsage for none, or an empty one.
[[nodiscard]] Outcome<std::vector<std::string>> parse_names(std::string_view text);

/// "base" or "berth/base".
struct SpaceText {
  std::optional<std::string> registry;
  std::string space;
};
[[nodiscard]] Outcome<SpaceText> parse_space(std::string_view text);

/// "library/tools/web:1.2", also with the server's own host before it, as docker writes it.
struct ImageText {
  std::string space;
  std::string repository;
  std::string reference;  // a tag or a digest; empty: the repository as a whole
};
[[nodiscard]] Outcome<ImageText> parse_image(std::string_view text, std::string_view own_host);

/// "alice" and "user:alice" are users, "group:devs" is a group.
struct MemberText {
  std::string kind;
  std::string principal;
};
[[nodiscard]] MemberText parse_member(std::string_view text);

/// "pull,push:library/web": what a token or robot may do, and where. "pull:*" is every space that its owner may use.
struct GrantText {
  std::vector<std::string> verbs;
  std::string space;       // empty: every one
  std::string repository;  // empty: every one
};
[[nodiscard]] Outcome<GrantText> parse_grant(std::string_view text);

/// The id of the one item that `text` means: by the label, the fields of `label` ("cluster/name") joined by '/'; by
/// what stands behind the label's last '+', as in robot+retail+ci; or by its id. kUsage for several, kRefused for none.
[[nodiscard]] Outcome<std::string> find_item(const json::array& items, std::string_view text, std::string_view label);

}  // namespace berth::cli
