#include "integrity/fsck_checks.h"

namespace berth::integrity {
namespace {

/// A number that is kept beside what it counts: `column` of the relation `kept`, whose alias is `x`, against the scalar
/// `count`. A new counter is a new line here and nothing else.
struct Counter {
  std::string_view kept;   // a table, or a subquery where the number is a sum over rows
  std::string_view table;  // where a repair adds what is missing
  std::string_view one;    // a condition that leaves one of a key's rows, if there are several
  std::string_view key;
  std::string_view column;
  std::string_view count;  // a scalar subquery
  std::string_view label;  // another one, for people
};

constexpr std::string_view kRepositoryName =
    "(SELECT s.name || '/' || r.name FROM repositories r JOIN spaces s ON s.id = r.space_id WHERE r.id = x.id)";
constexpr std::string_view kSpaceName = "(SELECT s.name FROM spaces s WHERE s.id = x.space_id)";

// physical_bytes is not here: which space was the first to store a blob is not written down anywhere else.
constexpr Counter kCounters[] = {
    {"repositories", "repositories", "", "id", "manifest_count",
     "(SELECT COUNT(*) FROM manifests m WHERE m.repository_id = x.id)", kRepositoryName},
    {"repositories", "repositories", "", "id", "tag_count",
     "(SELECT COUNT(*) FROM tags t WHERE t.repository_id = x.id)", kRepositoryName},
    {"repositories", "repositories", "", "id", "size_bytes",
     "(SELECT CAST(COALESCE(SUM(l.size), 0) AS BIGINT) FROM repository_blobs l WHERE l.repository_id = x.id) + "
     "(SELECT CAST(COALESCE(SUM(m.size), 0) AS BIGINT) FROM manifests m WHERE m.repository_id = x.id)",
     kRepositoryName},
    {"(SELECT space_id, CAST(SUM(logical_bytes) AS BIGINT) AS logical_bytes FROM space_counters GROUP BY space_id)",
     "space_counters",
     " AND shard = (SELECT MIN(c.shard) FROM space_counters c WHERE c.space_id = space_counters.space_id)", "space_id",
     "logical_bytes",
     "(SELECT CAST(COALESCE(SUM(r.size_bytes), 0) AS BIGINT) FROM repositories r WHERE r.space_id = x.space_id)",
     kSpaceName},
};

struct Wrong {
  std::int64_t id;
  std::string name;
  std::int64_t kept;
  std::int64_t counted;
};

std::vector<Wrong> find(db::Database& database, const Counter& counter) {
  const auto sql = fmt::format("SELECT x.{}, {}, x.{}, {} FROM {} x WHERE x.{} <> {}", counter.key, counter.label,
                               counter.column, counter.count, counter.kept, counter.column, counter.count);
  return database.read([&](db::Connection& tx) {
    std::vector<Wrong> wrong;
    for (const auto& [id, name, kept, counted] :
         tx.query<std::int64_t, std::optional<std::string>, std::int64_t, std::int64_t>(sql))
      wrong.push_back({id, name.value_or("?"), kept, counted});
    return wrong;
  });
}

void set(db::Database& database, const Counter& counter, const Wrong& wrong) {
  static_cast<void>(database.write([&](db::Connection& tx) -> Result<void> {
    tx.execute(fmt::format("UPDATE {0} SET {1} = {1} + :missing WHERE {2} = :id{3}", counter.table, counter.column,
                           counter.key, counter.one),
               wrong.counted - wrong.kept, wrong.id);
    return {};
  }));
}

}  // namespace

// In the order of the table: a space's sum is taken over repositories that are right by then.
void check_counters(db::Database& database, const FsckOptions& options, Findings& findings) {
  for (const auto& counter : kCounters) {
    for (const auto& wrong : find(database, counter)) {
      if (options.repair) set(database, counter, wrong);
      findings.push_back(
          {.kind = Finding::Kind::kCounter,
           .text = fmt::format("{}: {} is {}, counted {}", wrong.name, counter.column, wrong.kept, wrong.counted),
           .repaired = options.repair});
    }
  }
}

}  // namespace berth::integrity
