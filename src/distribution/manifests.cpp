#include "distribution/manifests.h"

#include "distribution/locations.h"
#include "distribution/manifest_writer.h"
#include "http/conditional.h"

namespace berth::distribution {
namespace {

// The specification asks for ten at least.
constexpr std::size_t kMaxTags = 100;

/// Place and manifest that a path names.
struct Target {
  Place place;
  ManifestName name;
};
Result<Target> target_of(const http::Call& call) {
  auto place = place_of(call);
  if (!place) return fail(std::move(place.error()));
  auto name = parse_manifest_name(call.param("reference"));
  if (!name) return fail(std::move(name.error()));
  return Target{std::move(*place), std::move(*name)};
}

/// The stored bytes and type, whatever Accept says; counted as a pull unless the client has them already.
http::Response answer(const StoredManifestPtr& manifest, const ManifestName& name, PullCounter& pulls,
                      const http::Call& call) {
  const bool head = call.request.method == http::Method::kHead;
  http::Response response{.status = 200, .headers = manifest->fields, .body = {}, .content_length = {}};
  const auto known = call.request.headers.find("If-None-Match");
  if (known && http::any_match(*known, *response.headers.find("ETag"))) {
    response.status = 304;
    return response;
  }
  pulls.note({.manifest = *manifest,
              .tag = std::get_if<Tag>(&name),
              .puller = puller_of(call.subject, call.request.peer_address),
              .at = call.now,
              .head = head});
  response.content_length = manifest->payload.size();
  if (!head) response.body.emplace_back(std::shared_ptr<const std::string>(manifest, &manifest->payload));
  return response;
}

/// Without its parameters ("; charset=utf-8"); empty when the client sent none.
Result<MediaType> content_type_of(const http::Request& request) {
  auto text = request.headers.find("Content-Type").value_or("");
  text = text.substr(0, text.find(';'));
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  if (text.empty()) return MediaType();
  auto type = MediaType::parse(text);
  if (!type) return fail(Fault::kManifestInvalid, "the Content-Type is no media type");
  return type;
}

Result<std::vector<Tag>> tags_of(const Target& target, const http::Query& query) {
  std::vector<Tag> tags;
  if (const auto* tag = std::get_if<Tag>(&target.name)) tags.push_back(*tag);
  const auto more = query.all("tag");
  if (more.size() > kMaxTags) return fail(Fault::kUriTooLong, fmt::format("at most {} tags at once", kMaxTags));
  for (const auto text : more) {
    auto tag = Tag::parse(text);
    if (!tag) return fail(std::move(tag.error()));
    if (std::ranges::find(tags, *tag) == tags.end()) tags.push_back(std::move(*tag));
  }
  return tags;
}

Result<ManifestPush> push_of(const Target& target, const http::Call& call) {
  auto type = content_type_of(call.request);
  if (!type) return fail(std::move(type.error()));
  auto tags = tags_of(target, call.request.query);
  if (!tags) return fail(std::move(tags.error()));
  const auto* digest = std::get_if<Digest>(&target.name);
  return ManifestPush{.bytes = call.body,
                      .content_type = std::move(*type),
                      .digest = digest ? std::optional(*digest) : std::nullopt,
                      .tags = std::move(*tags),
                      .conditions = Preconditions::of(call.request)};
}

}  // namespace

http::Response get_manifest(ManifestReader& reader, PullCounter& pulls, const http::Call& call) {
  const auto target = target_of(call);
  if (!target) return refusal(Caller::of(call), target.error());
  const auto manifest = reader.find(target->place, target->name);
  if (!manifest) return refusal(Caller::of(call), manifest.error());
  return answer(*manifest, target->name, pulls, call);
}

std::optional<http::Response> recall_manifest(ManifestReader& reader, PullCounter& pulls, const http::Call& call) {
  const auto target = target_of(call);
  const auto manifest = target ? reader.recall(target->place, target->name) : nullptr;
  if (!manifest) return std::nullopt;
  return answer(manifest, target->name, pulls, call);
}

http::Response put_manifest(db::Database& database, ContentChanges& changes, const http::Call& call) {
  const auto caller = Caller::of(call);
  const auto target = target_of(call);
  if (!target) return refusal(caller, target.error());
  const auto push = push_of(*target, call);
  if (!push) return refusal(caller, push.error());
  const auto pushed = push_manifest(database, changes, caller, target->place, *push);
  if (!pushed) return refusal(caller, pushed.error());
  auto response = http::Response::of(201);
  response.headers.set("Location", manifest_location(target->place.name, pushed->digest));
  response.headers.set("Docker-Content-Digest", pushed->digest.text());
  if (pushed->subject) response.headers.set("OCI-Subject", pushed->subject->text());
  if (call.request.query.find("tag"))
    for (const auto& tag : push->tags) response.headers.add("OCI-Tag", tag.text());
  return response;
}

http::Response delete_manifest_or_tag(db::Database& database, ContentChanges& changes, const http::Call& call) {
  const auto caller = Caller::of(call);
  const auto target = target_of(call);
  if (!target) return refusal(caller, target.error());
  const auto* tag = std::get_if<Tag>(&target->name);
  const auto deleted = tag ? delete_tag(database, changes, caller, target->place, *tag)
                           : delete_manifest(database, changes, caller, target->place, std::get<Digest>(target->name));
  if (!deleted) return refusal(caller, deleted.error());
  return http::Response::of(202);
}

}  // namespace berth::distribution
