#include "catalog/render.h"

#include "access/subject.h"

namespace berth::catalog {
namespace {

json::value time_or_null(const std::optional<Time>& time) {
  return time ? json::value(to_rfc3339(*time)) : json::value(nullptr);
}

std::string workspace_name(const access::Snapshot& snapshot, const std::optional<WorkspaceId>& id) {
  const auto* workspace = id ? snapshot.workspaces.find(*id) : nullptr;
  return workspace ? workspace->name.text() : std::string();
}

struct Names {
  const access::Snapshot& snapshot;
  std::string operator()(const access::Anonymous&) const { return "anonymous"; }
  std::string operator()(const access::UserSubject& who) const {
    const auto* user = snapshot.users.find(who.id);
    return user ? "user:" + user->login.text() : fmt::format("user:{}", who.id.value());
  }
  std::string operator()(const access::RobotSubject& who) const {
    const auto* robot = snapshot.robots.find(who.id);
    return robot ? "robot:" + robot->name.text() : fmt::format("robot:{}", who.id.value());
  }
  std::string operator()(const access::NamespaceSubject& who) const {
    const auto* name = snapshot.namespaces.find(who.id);
    return name ? fmt::format("namespace:{}/{}", name->cluster, name->name.text())
                : fmt::format("namespace:{}", who.id.value());
  }
};

json::array platforms(const Artifact& artifact) {
  json::array out;
  for (const auto& reference : artifact.references)
    if (reference.kind == "child")
      out.push_back({{"platform", reference.platform},
                     {"digest", reference.digest.text()},
                     {"media_type", reference.media_type},
                     {"size", reference.size},
                     {"present", reference.present}});
  return out;
}

json::array layers(const Artifact& artifact) {
  std::vector<const Reference*> found;
  for (const auto& reference : artifact.references)
    if (reference.kind == "layer") found.push_back(&reference);
  const auto made = artifact.config ? origins(*artifact.config, found.size()) : std::vector<LayerOrigin>(found.size());
  json::array out;
  for (std::size_t at = 0; at < found.size(); ++at) {
    json::object layer{
        {"digest", found[at]->digest.text()}, {"media_type", found[at]->media_type}, {"size", found[at]->size}};
    if (const auto& step = made[at].step)
      layer.insert({{"created_by", step->created_by},
                    {"created_at", step->created},
                    {"author", step->author},
                    {"comment", step->comment}});
    layer["steps_before"] = json::value_from(made[at].before);
    out.push_back(std::move(layer));
  }
  return out;
}

json::array referrers(const Artifact& artifact) {
  json::array out;
  for (const auto& referrer : artifact.referrers)
    out.push_back({{"digest", referrer.digest.text()},
                   {"media_type", referrer.media_type},
                   {"artifact_type", referrer.artifact_type},
                   {"size", referrer.size},
                   {"annotations", referrer.annotations}});
  return out;
}

json::value config_of(const Artifact& artifact) {
  if (!artifact.config) return nullptr;
  const auto& config = *artifact.config;
  json::array history;
  for (const auto& step : config.history)
    history.push_back({{"created_by", step.created_by},
                       {"created_at", step.created},
                       {"comment", step.comment},
                       {"empty_layer", step.empty_layer}});
  return json::object{{"os", config.os},
                      {"architecture", config.architecture},
                      {"variant", config.variant},
                      {"author", config.author},
                      {"created_at", config.created},
                      {"labels", config.labels},
                      {"entrypoint", json::value_from(config.entrypoint)},
                      {"command", json::value_from(config.command)},
                      {"user", config.user},
                      {"working_directory", config.working_directory},
                      {"exposed_ports", json::value_from(config.ports)},
                      {"history", std::move(history)}};
}

std::string kind_of(const Artifact& artifact) {
  const auto has = [&](std::string_view kind) {
    return std::ranges::any_of(artifact.references, [&](const auto& r) { return r.kind == kind; });
  };
  if (has("child") || artifact.media_type.text().ends_with("index.v1+json") ||
      artifact.media_type.text().ends_with("manifest.list.v2+json"))
    return "index";
  return has("config") || has("layer") ? "image" : "other";
}

}  // namespace

std::string creator_name(const access::Snapshot& snapshot, std::string_view subject) {
  const auto parsed = access::parse_subject(subject);
  return parsed ? std::visit(Names{snapshot}, parsed->who) : std::string(subject);
}

json::value render(const access::Snapshot& snapshot, const ImageRow& row) {
  const auto* space = snapshot.spaces.find(row.space);
  const auto* registry = space ? snapshot.registries.find(space->registry) : nullptr;
  const auto slash = row.name.find('/');
  return json::object{{"registry", registry ? registry->name.text() : ""},
                      {"space", row.name.substr(0, slash)},
                      {"name", row.name.substr(slash + 1)},
                      {"visibility", space && access::is_public(snapshot, *space) ? "public" : "private"},
                      {"tag_count", row.tags},
                      {"size", row.size},
                      {"pull_count", row.pulls},
                      {"updated_at", to_rfc3339(row.updated_at)}};
}

json::value render(const access::Snapshot& snapshot, const RepositoryKey& key, const RepositoryDetail& detail) {
  const auto* space = snapshot.spaces.find(key.space);
  const auto* registry = space ? snapshot.registries.find(space->registry) : nullptr;
  return json::object{{"registry", registry ? registry->name.text() : ""},
                      {"space", space ? space->name.text() : ""},
                      {"name", key.path.text()},
                      {"visibility", space && access::is_public(snapshot, *space) ? "public" : "private"},
                      {"home_workspace", workspace_name(snapshot, detail.home)},
                      {"tag_count", detail.tags},
                      {"manifest_count", detail.manifests},
                      {"size", detail.size},
                      {"pull_count", detail.pulls},
                      {"last_pull_at", time_or_null(detail.last_pull_at)},
                      {"created_at", to_rfc3339(detail.created_at)},
                      {"updated_at", to_rfc3339(detail.updated_at)}};
}

json::value render(const access::Snapshot& snapshot, const TagDetail& tag) {
  return json::object{{"name", tag.name.text()},
                      {"digest", tag.digest.text()},
                      {"media_type", tag.media_type},
                      {"artifact_type", tag.artifact_type},
                      {"image_size", tag.image_size},
                      {"creator", creator_name(snapshot, tag.pushed_by)},
                      {"pushed_at", to_rfc3339(tag.pushed_at)},
                      {"pull_count", tag.pulls},
                      {"last_pull_at", time_or_null(tag.last_pull_at)}};
}

json::value render(const access::Snapshot& snapshot, const Artifact& artifact) {
  json::array tags;
  for (const auto& tag : artifact.tags) tags.emplace_back(tag.text());
  return json::object{{"digest", artifact.digest.text()},
                      {"kind", kind_of(artifact)},
                      {"media_type", artifact.media_type.text()},
                      {"artifact_type", artifact.artifact_type},
                      {"tags", std::move(tags)},
                      {"manifest_size", artifact.manifest_size},
                      {"image_size", artifact.image_size},
                      {"platforms", platforms(artifact)},
                      {"layers", layers(artifact)},
                      {"config", config_of(artifact)},
                      {"annotations", artifact.annotations},
                      {"subject", artifact.subject ? json::value(artifact.subject->text()) : json::value(nullptr)},
                      {"referrers", referrers(artifact)},
                      {"creator", creator_name(snapshot, artifact.pushed_by)},
                      {"pushed_at", to_rfc3339(artifact.pushed_at)},
                      {"pull_count", artifact.pulls},
                      {"last_pull_at", time_or_null(artifact.last_pull_at)}};
}

}  // namespace berth::catalog
