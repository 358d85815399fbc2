#include "distribution/tests/support/collection_fixture.h"

namespace berth::distribution::testing {

void CollectionTest::expect_sound() {
  EXPECT_EQ(texts("SELECT m.digest FROM manifest_references m WHERE m.kind <> 'child' AND NOT EXISTS "
                  "(SELECT 1 FROM repository_blobs l WHERE l.repository_id = m.repository_id AND l.digest = m.digest)"),
            std::vector<std::string>{})
      << "a manifest names a blob that its repository has not";
  EXPECT_EQ(texts("SELECT c.digest FROM manifest_references c WHERE c.kind = 'child' AND NOT EXISTS "
                  "(SELECT 1 FROM manifests m WHERE m.repository_id = c.repository_id AND m.digest = c.digest)"),
            std::vector<std::string>{})
      << "an index lists a manifest that its repository has not";
  EXPECT_EQ(number("SELECT COUNT(*) FROM repository_blobs l JOIN blobs b ON b.id = l.blob_id WHERE b.state <> 'live'"),
            0)
      << "a repository has a blob that is not live";
  const auto blobs = database().read([](db::Connection& tx) {
    return tx.query<std::string, std::int64_t, std::int64_t>(
        "SELECT digest, generation, size FROM blobs WHERE state <> 'gone'");
  });
  for (const auto& [digest, generation, size] : blobs)
    EXPECT_EQ(store().size({Digest::parse(digest).value(), generation}), static_cast<std::uint64_t>(size)) << digest;
  EXPECT_EQ(number("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM repository_blobs") +
                number("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM manifests"),
            number("SELECT CAST(COALESCE(SUM(logical_bytes), 0) AS BIGINT) FROM space_counters"))
      << "the spaces' counters";
  EXPECT_EQ(number("SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM repositories"),
            number("SELECT CAST(COALESCE(SUM(logical_bytes), 0) AS BIGINT) FROM space_counters"))
      << "the repositories' counters";
  EXPECT_EQ(number("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM blobs WHERE removed_at IS NULL AND "
                   "space_id IS NOT NULL") +
                number("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM manifests"),
            number("SELECT CAST(COALESCE(SUM(physical_bytes), 0) AS BIGINT) FROM space_counters"))
      << "what the spaces were the first to store";
}

}  // namespace berth::distribution::testing
