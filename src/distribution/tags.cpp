#include "distribution/tags.h"

#include "http/conditional.h"

namespace berth::distribution {
namespace {

std::optional<std::string> header(const http::Request& request, std::string_view name) {
  const auto value = request.headers.find(name);
  return value ? std::optional(std::string(*value)) : std::nullopt;
}

}  // namespace

Preconditions Preconditions::of(const http::Request& request) {
  return {.if_match = header(request, "If-Match"), .if_none_match = header(request, "If-None-Match")};
}

Result<void> Preconditions::check(std::string_view what, const std::optional<Digest>& current) const {
  const auto matches = [&](const std::string& wanted) {
    return current && http::any_match(wanted, fmt::format("\"{}\"", current->text()));
  };
  const bool holds = (!if_match || matches(*if_match)) && (!if_none_match || !matches(*if_none_match));
  if (holds) return {};
  return fail(Fault::kPreconditionFailed,
              current ? fmt::format("{} is at {}", what, current->text()) : fmt::format("{} does not exist", what));
}

std::optional<TagRow> find_tag(db::Connection& tx, RepositoryId repository, const Tag& tag) {
  const auto row = tx.one<std::int64_t, std::string>(
      "SELECT manifest_id, digest FROM tags WHERE repository_id = :repository AND name = :name", repository, tag);
  if (!row) return std::nullopt;
  return TagRow{ManifestId(std::get<0>(*row)), Digest::parse(std::get<1>(*row)).value()};
}

std::optional<Digest> set_tag(db::Connection& tx, const Caller& caller, RepositoryId repository, const Tag& tag,
                              const TagRow& target) {
  const auto before = find_tag(tx, repository, tag);
  if (before) {
    tx.execute(
        "UPDATE tags SET manifest_id = :manifest, digest = :digest, pushed_by = :who, pushed_at = :now "
        "WHERE repository_id = :repository AND name = :name",
        target.manifest, target.digest, caller.actor.name, caller.now, repository, tag);
    return before->digest;
  }
  tx.execute(
      "INSERT INTO tags (repository_id, name, manifest_id, digest, pushed_by, pushed_at, created_at) "
      "VALUES (:repository, :name, :manifest, :digest, :who, :now, :created)",
      repository, tag, target.manifest, target.digest, caller.actor.name, caller.now, caller.now);
  return std::nullopt;
}

}  // namespace berth::distribution
