#include "cli/views.h"

#include "cli/human.h"

namespace berth::cli {
namespace {

const json::array& array_of(const json::value& object, std::string_view path) {
  static const json::array kNone;
  const auto* value = at_path(object, path);
  const auto* array = value ? value->if_array() : nullptr;
  return array ? *array : kNone;
}

std::string text_of(const json::value& object, std::string_view path) {
  const auto* value = at_path(object, path);
  const auto* text = value ? value->if_string() : nullptr;
  return text ? printable(*text) : "";
}

std::int64_t number_of(const json::value& object, std::string_view path) {
  const auto* value = at_path(object, path);
  return value && value->is_int64() ? value->as_int64() : 0;
}

/// A title and a table under it; nothing when there are no rows.
void section(std::string_view title, const json::array& rows, const std::vector<Column>& columns, Time now) {
  if (!rows.empty()) fmt::print("\n{}\n{}", title, to_table(rows, columns, now));
}

void show_side(std::string_view verb, const json::value& side) {
  const auto spaces = number_of(side, "space_count");
  if (spaces == 0) return;
  fmt::print("{} {} spaces with {} repositories:\n", verb, spaces, number_of(side, "repository_count"));
  for (const auto& name : array_of(side, "spaces"))
    if (const auto* text = name.if_string()) fmt::print("  {}\n", printable(*text));
}

void show_artifact(const Context& context, const json::value& artifact) {
  const std::vector<Column> kHead{{"Digest", "digest"},
                                  {"Kind", "kind"},
                                  {"Media type", "media_type"},
                                  {"Artifact type", "artifact_type"},
                                  {"Tags", "tags", As::kList},
                                  {"Size", "image_size", As::kSize},
                                  {"OS", "config.os"},
                                  {"Architecture", "config.architecture"},
                                  {"Author", "config.author"},
                                  {"Pushed", "pushed_at", As::kTime},
                                  {"Pushed by", "creator"},
                                  {"Pulls", "pull_count", As::kNumber},
                                  {"Last pull", "last_pull_at", As::kTime},
                                  {"Refers to", "subject"}};
  fmt::print("{}", to_lines(artifact, kHead, context.now));
  section(
      "Platforms", array_of(artifact, "platforms"),
      {{"Platform", "platform"}, {"Digest", "digest"}, {"Size", "size", As::kSize}, {"Here", "present", As::kYesNo}},
      context.now);
  section("Layers", array_of(artifact, "layers"),
          {{"Size", "size", As::kSize}, {"Digest", "digest"}, {"Created by", "created_by"}}, context.now);
  section("Referrers", array_of(artifact, "referrers"),
          {{"Artifact type", "artifact_type"}, {"Size", "size", As::kSize}, {"Digest", "digest"}}, context.now);
}

}  // namespace

void show_bindings(const Context& context, const json::value& outcome) {
  const bool dry_run = find_bool(outcome, "dry_run").value_or(false);
  const auto& added = array_of(outcome, "added");
  const auto& changed = array_of(outcome, "changed");
  const auto& removed = array_of(outcome, "removed");
  fmt::print("{} added, {} changed, {} removed{}\n", added.size(), changed.size(), removed.size(),
             dry_run ? " (a dry run: nothing was written)" : "");
  const std::vector<Column> kPair{{"Workspace", "workspace"}, {"Space", "space"}, {"Access", "access"}};
  const std::vector<Column> kChange{
      {"Workspace", "workspace"}, {"Space", "space"}, {"Access", "access"}, {"Before", "previous_access"}};
  section("Added", added, kPair, context.now);
  section("Changed", changed, kChange, context.now);
  section("Removed", removed, {{"Workspace", "workspace"}, {"Space", "space"}, {"Before", "previous_access"}},
          context.now);
  const std::vector<Column> kSight{{"Workspace", "workspace"}, {"Space", "space"}};
  section("Comes to see", array_of(outcome, "delta.gains"), kSight, context.now);
  section("Loses sight of", array_of(outcome, "delta.loses"), kSight, context.now);
}

void show_publicity(const Context& context, const json::value& preview) {
  const bool nothing = number_of(preview, "opens.space_count") == 0 && number_of(preview, "closes.space_count") == 0;
  if (nothing) fmt::print("Nothing would change.\n");
  if (const auto* opens = at_path(preview, "opens")) show_side("Opens to everybody:", *opens);
  if (const auto* closes = at_path(preview, "closes")) show_side("Closes:", *closes);
  section("Until now theirs alone", array_of(preview, "exposed"),
          {{"Workspace", "workspace"}, {"Spaces", "space_count", As::kNumber}, {"Names", "spaces", As::kList}},
          context.now);
}

void show_image(const Context& context, const json::value& document) {
  if (find_string(document, "digest")) return show_artifact(context, document);
  const std::vector<Column> kRepository{{"Registry", "registry"},
                                        {"Space", "space"},
                                        {"Name", "name"},
                                        {"Visibility", "visibility"},
                                        {"Home", "home_workspace"},
                                        {"Tags", "tag_count", As::kNumber},
                                        {"Manifests", "manifest_count", As::kNumber},
                                        {"Size", "size", As::kSize},
                                        {"Pulls", "pull_count", As::kNumber},
                                        {"Last pull", "last_pull_at", As::kTime},
                                        {"Created", "created_at", As::kTime},
                                        {"Updated", "updated_at", As::kTime}};
  fmt::print("{}", to_lines(document, kRepository, context.now));
}

void show_explanation(const Context&, const json::value& explanation) {
  const bool allowed = find_bool(explanation, "allowed").value_or(false);
  fmt::print("{} {} {} {}\n", text_of(explanation, "subject"), allowed ? "may" : "may not",
             text_of(explanation, "action"), text_of(explanation, "image"));
  for (const auto& step : array_of(explanation, "steps"))
    fmt::print("  {}  {}\n", find_bool(step, "holds").value_or(false) ? "yes" : "no ", text_of(step, "text"));
}

void show_commands(const Context& context, const json::value& document) {
  if (const auto login = text_of(document, "login"); !login.empty())
    fmt::print("# A temporary login, {}. It expires {}; its secret stands below.\n", login,
               human_time(parse_rfc3339(text_of(document, "expires_at")).value_or(context.now), context.now));
  const auto only = context.invocation.value("--client");
  for (const auto& client : array_of(document, "commands")) {
    const auto name = text_of(client, "client");
    if (!only.empty() && name != only) continue;
    fmt::print("# {}\n", name);
    for (const auto& line : array_of(client, "lines"))
      if (const auto* text = line.if_string()) fmt::print("{}\n", printable(*text));
  }
}

void show_me(const Context& context, const json::value& session) {
  fmt::print(
      "{}",
      to_lines(session,
               {{"Server", "server"}, {"Login", "login"}, {"Subject", "subject"}, {"Platform role", "platform_role"}},
               context.now));
  section("Workspaces", array_of(session, "memberships"), {{"Workspace", "workspace"}, {"Role", "role"}}, context.now);
}

}  // namespace berth::cli
