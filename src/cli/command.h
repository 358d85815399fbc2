#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/outcome.h"
#include "cli/table.h"

/// Commands are data: `berth <noun> <verb>` is a request with a path template, inputs, and columns to show the answer
/// in. The parser, the help, docs/cli.md and the shell completion are all made from this one table (commands.h).
namespace berth::cli {

struct Context;

/// What an input's text means.
enum class Kind {
  kText,
  kChoice,     // one of `words`, "pull|push"
  kFlag,       // present or not; in a body: the constant `words`, "true" or "false"
  kSwitch,     // on or off
  kNumber,     // with the words "none": or none, which is null
  kSize,       // 10GiB; "none" is null
  kExpiry,     // 30d, 12h, an RFC 3339 time, never
  kNullable,   // text, and "none" is null
  kNames,      // a,b: a list
  kSpaces,     // base,apps: a list, each with its registry
  kSpace,      // base or berth/base: {registry} and {space}, or one text with its registry
  kImage,      // SPACE/REPOSITORY[:TAG|@DIGEST]: {registry}, {space}, {repository}, and the query's `reference`
  kItem,       // one of the collection that stands before it in the path, by id or by its label, the fields in `words`
  kMember,     // alice, user:alice, group:devs: {kind} and {principal}
  kPlaceName,  // CLUSTER/NAME: two fields of the body
  kGrants,     // VERBS:SPACE[/REPOSITORY], repeated: grants.spaces
  kPassword,   // a flag: reads a secret from the terminal or from stdin
  kVersion,    // If-Match
};

/// Where it goes. kOwner: fills {owner} with a collection and the text, as in /api/v1/workspaces/retail.
enum class Place { kPath, kBody, kQuery, kOwner, kHeader, kLocal };

/// A positional ("WORKSPACE"), or an option ("--display-name").
struct Input {
  std::string_view name;
  std::string_view field;  // what the API calls it
  Kind kind = Kind::kText;
  Place place = Place::kPath;
  std::string_view help;
  std::string_view words = {};
  bool required = false;   // an option that must be there; positionals always must
  bool in_person = false;  // the server takes this from a person only: asks for the own password

  [[nodiscard]] bool positional() const { return !name.starts_with('-'); }
  [[nodiscard]] bool takes_value() const { return kind != Kind::kFlag && kind != Kind::kPassword; }
};

enum class Method { kGet, kPost, kPut, kPatch, kDelete };
enum class Answer { kNothing, kObject, kList };

/// What a command says by its name alone: `collection pause` is {"paused": true}.
struct Switch {
  std::string_view field;
  bool on = false;
};

struct Command {
  std::string_view noun;
  std::string_view verb = {};  // empty: the noun alone is the command, as in `berth login`
  std::string_view summary;
  Method method = Method::kGet;
  std::string_view path = {};   // "{owner}/robots/{robot}"
  std::string_view owner = {};  // {owner} when no input gives one
  std::vector<Input> inputs = {};
  std::optional<Switch> sets = std::nullopt;  // in the body
  Answer answer = Answer::kNothing;
  std::vector<Column> columns = {};
  std::string_view done = {};  // said when there is nothing to show: "Deleted workspace {WORKSPACE}."
  std::size_t limit = 0;       // of a list that is long by nature: how many without --limit
  /// Something else than a request and its answer; nullptr: perform(). Where the row names a path, it sends that
  /// request, unless an option asks for another.
  Outcome<void> (*run)(Context&) = nullptr;
  /// Another view of the answer than its columns, for people.
  void (*view)(const Context&, const json::value&) = nullptr;
  bool hidden = false;   // from help and documentation
  bool lasting = false;  // makes or renews a credential, which a login that ends sooner must not (lasting.h)
};

struct Noun {
  std::string_view name;
  std::string_view summary;
};

enum class Format { kTable, kJson };

/// What stands before or behind every command.
struct Globals {
  std::string server;
  std::string ca_file;
  Format format = Format::kTable;
  int timeout_seconds = 60;
};

/// A parsed command line.
struct Invocation {
  const Command* command = nullptr;
  std::map<std::string, std::vector<std::string>, std::less<>> values;  // by Input::name; a flag has one empty value
  Globals globals;
  std::size_t limit = 0;  // 0: all

  [[nodiscard]] bool has(std::string_view name) const { return values.contains(name); }
  /// Empty when absent.
  [[nodiscard]] std::string_view value(std::string_view name) const {
    const auto it = values.find(name);
    return it == values.end() || it->second.empty() ? std::string_view() : std::string_view(it->second.front());
  }
};

}  // namespace berth::cli
