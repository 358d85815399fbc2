#include "distribution/referrers.h"

#include "base/json.h"
#include "distribution/digest_lists.h"
#include "distribution/pages.h"
#include "distribution/repositories.h"

namespace berth::distribution {
namespace {

constexpr std::string_view kIndexType = "application/vnd.oci.image.index.v1+json";
constexpr std::size_t kMaxBytes = (4U << 20) - 1024;  // leaves room for the frame
constexpr std::size_t kFrame = 2;                     // a comma, and one to spare
constexpr std::int64_t kRowsAtOnce = 32;
// Annotations may be as large as a manifest: those of larger ones are read when the descriptor is taken, not before.
constexpr std::string_view kColumns =
    "SELECT digest, media_type, artifact_type, size, CASE WHEN size <= 4096 THEN annotations END FROM manifests ";

struct Row {
  std::string digest, media_type, artifact_type;
  std::int64_t size = 0;
  std::optional<std::string> annotations;

  [[nodiscard]] std::array<db::Column, 5> columns() {
    return {&digest, &media_type, &artifact_type, &size, &annotations};
  }
};

std::string descriptor(const Row& row, std::string_view annotations) {
  json::object out{{"mediaType", row.media_type}, {"digest", row.digest}, {"size", row.size}};
  if (!row.artifact_type.empty()) out["artifactType"] = row.artifact_type;
  auto parsed = json::parse(annotations);
  if (!parsed.as_object().empty()) out["annotations"] = std::move(parsed);
  return json::serialize(out);
}

/// The digests that a client's own index lists, for repositories that came from a registry without this API.
std::vector<std::string> listed_at_tag(ManifestReader& manifests, const Place& place, const Digest& subject) {
  const auto tag = Tag::parse(fmt::format("{}-{}", name_of(subject.algorithm()), subject.hex()));
  if (!tag) return {};
  const auto index = manifests.find(place, *tag);
  if (!index || (*index)->media_type != kIndexType) return {};
  const auto document = parse_json((*index)->payload);
  const auto* list = document ? find_array(*document, "manifests") : nullptr;
  if (!list) return {};
  std::vector<std::string> digests;
  for (const auto& entry : *list)
    if (const auto text = find_string(entry, "digest"); text && Digest::parse(*text)) digests.emplace_back(*text);
  return digests;
}

struct Ask {
  const Place& place;
  const Digest& subject;
  std::vector<std::string_view> types;  // of artifacts; any of them, or all when empty
  Page page;
};

/// One page, filled in the order of digests.
class ReferrersPage {
 public:
  ReferrersPage(db::Connection& tx, RepositoryId repository, const Ask& ask)
      : tx_(tx),
        repository_(repository),
        ask_(ask),
        last_(ask.page.last) {}

  void merge(std::span<const std::string> digests) {
    Row row;
    in_lists(digests, [&](const std::string& list, std::span<const db::Param> params) {
      std::vector<db::Param> all{db::to_param(repository_)};
      all.insert(all.end(), params.begin(), params.end());
      all.push_back(db::to_param(last_));
      tx_.run(fmt::format("{}WHERE repository_id = :repository AND digest IN ({}) AND digest > :last", kColumns, list),
              all, row.columns(), [&] {
                row.annotations.reset();  // there may be thousands: read when taken
                if (wanted(row)) extra_.emplace(row.digest, row);
              });
    });
  }

  void fill() {
    for (bool more_rows = true; more_rows && !more_;) {
      auto rows = next_rows();
      more_rows = rows.size() == static_cast<std::size_t>(kRowsAtOnce);
      for (auto& row : rows) {
        if (!take_extra_before(row.digest)) return;
        last_ = row.digest;
        extra_.erase(row.digest);
        if (wanted(row) && !take(row)) return;
      }
    }
    static_cast<void>(take_extra_before(""));
  }

  [[nodiscard]] const std::vector<std::string>& descriptors() const { return taken_; }
  [[nodiscard]] const std::string& last_taken() const { return last_taken_; }
  [[nodiscard]] bool more() const { return more_; }

 private:
  [[nodiscard]] bool wanted(const Row& row) const {
    return ask_.types.empty() || std::ranges::find(ask_.types, row.artifact_type) != ask_.types.end();
  }

  std::vector<Row> next_rows() {
    std::vector<Row> rows;
    Row row;
    const std::array params{db::to_param(repository_), db::to_param(ask_.subject), db::to_param(last_),
                            db::to_param(kRowsAtOnce)};
    tx_.run(fmt::format("{}WHERE repository_id = :repository AND subject_digest = :subject AND digest > :last "
                        "ORDER BY digest LIMIT :limit",
                        kColumns),
            params, row.columns(), [&] { rows.push_back(row); });
    return rows;
  }

  /// `digest` empty: all that are left.
  bool take_extra_before(const std::string& digest) {
    while (!extra_.empty() && (digest.empty() || extra_.begin()->first < digest)) {
      const auto first = extra_.extract(extra_.begin());
      if (!take(first.mapped())) return false;
    }
    return true;
  }

  bool take(const Row& row) {
    more_ = taken_.size() == ask_.page.limit;
    if (more_) return false;
    auto text = descriptor(row, row.annotations ? *row.annotations : annotations_of(row.digest));
    more_ = !taken_.empty() && bytes_ + text.size() > kMaxBytes;
    if (more_) return false;
    bytes_ += text.size() + kFrame;
    taken_.push_back(std::move(text));
    last_taken_ = row.digest;
    return true;
  }

  std::string annotations_of(const std::string& digest) {
    return std::get<0>(tx_.one<std::string>("SELECT annotations FROM manifests WHERE repository_id = :repository "
                                            "AND digest = :digest",
                                            repository_, digest)
                           .value());
  }

  db::Connection& tx_;
  RepositoryId repository_;
  const Ask& ask_;
  std::string last_;
  std::map<std::string, Row> extra_;
  std::vector<std::string> taken_;
  std::string last_taken_;
  std::size_t bytes_ = 0;
  bool more_ = false;
};

struct Found {
  std::vector<std::string> descriptors;
  std::string next;  // after this one; empty: that was all
};

Found find_referrers(db::Connection& tx, const Ask& ask, std::span<const std::string> listed) {
  const auto repository = find_repository(tx, ask.place.space, ask.place.name.path());
  if (!repository || ask.page.limit == 0) return {};
  ReferrersPage page(tx, repository->id, ask);
  page.merge(listed);
  page.fill();
  return {page.descriptors(), page.more() ? page.last_taken() : std::string()};
}

}  // namespace

http::Response list_referrers(db::Database& database, ManifestReader& manifests, const http::Call& call) {
  const auto caller = Caller::of(call);
  const auto place = place_of(call);
  if (!place) return refusal(caller, place.error());
  const auto subject = Digest::parse(call.param("digest"));
  if (!subject) return refusal(caller, subject.error());
  const auto page = parse_page(call.request.query);
  if (!page) return refusal(caller, page.error());

  const Ask ask{*place, *subject, call.request.query.all("artifactType"), *page};
  const auto listed = listed_at_tag(manifests, *place, *subject);
  const auto found = database.read([&](db::Connection& tx) { return find_referrers(tx, ask, listed); });
  auto response = http::Response::text(200, std::string(kIndexType),
                                       fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","manifests":[{}]}})",
                                                   kIndexType, fmt::join(found.descriptors, ",")));
  if (!ask.types.empty()) response.headers.set("OCI-Filters-Applied", "artifactType");
  if (!found.next.empty())
    link_next_page(response, fmt::format("/v2/{}/referrers/{}", place->name.text(), subject->text()),
                   call.request.query, page->limit, found.next);
  return response;
}

}  // namespace berth::distribution
