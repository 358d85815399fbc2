#include "events/events.h"

#include "db/tests/support/test_database.h"

namespace berth::events {
namespace {

using ::testing::ElementsAre;

class EventsTest : public db::testing::OnBothDatabases {
 protected:
  void audit_one(const std::string& name, std::optional<WorkspaceId> workspace) {
    const auto done = database().write([&](db::Connection& tx) -> Result<void> {
      audit(tx, now_, kAlice,
            {.action = "binding.create",
             .target_kind = "binding",
             .target_id = std::nullopt,
             .target_name = name,
             .workspace = workspace,
             .before = std::nullopt,
             .after = std::nullopt});
      return {};
    });
    EXPECT_TRUE(done);
  }
  std::vector<AuditRecord> read(const AuditQuery& query) {
    return database().read([&](db::Connection& tx) { return read_audit(tx, query); });
  }
  std::vector<std::string> names(const AuditQuery& query) {
    std::vector<std::string> out;
    for (const auto& record : read(query)) out.push_back(record.change.target_name);
    return out;
  }

  const Actor kAlice{.name = "user:alice", .address = "192.0.2.1", .request_id = "r-1"};
  const Time now_ = from_millis(1'790'000'000'123);
};
INSTANTIATE_TEST_SUITE_P(, EventsTest, db::testing::both(), db::testing::name);

TEST_P(EventsTest, an_event_stands_in_the_outbox_once_its_transaction_commits) {
  const Event event{.type = "dev.berth.manifest.pushed",
                    .subject = "shop/web:1.2",
                    .space = SpaceId(7),
                    .workspace = std::nullopt,
                    .data = R"({"digest":"sha256:00"})"};
  (void)database().write([&](db::Connection& tx) -> Result<void> {
    append(tx, now_, event);
    return {};
  });
  const auto rows = database().read([](db::Connection& tx) {
    return tx.query<std::string, std::string, std::optional<std::int64_t>, std::optional<std::int64_t>, std::string,
                    std::int64_t>("SELECT type, subject, space_id, workspace_id, data, occurred_at FROM events");
  });
  EXPECT_THAT(rows, ElementsAre(std::tuple(event.type, event.subject, std::optional<std::int64_t>(7),
                                           std::optional<std::int64_t>(), event.data, to_millis(now_))));
}

TEST_P(EventsTest, what_is_rolled_back_leaves_neither_event_nor_record) {
  (void)database().write([&](db::Connection& tx) -> Result<void> {
    append(tx, now_, {.type = "t", .subject = "s", .space = {}, .workspace = {}, .data = "{}"});
    audit(tx, now_, kAlice, {});
    return fail(Fault::kConflict, "no");
  });
  const auto events =
      database().read([](db::Connection& tx) { return tx.one<std::int64_t>("SELECT COUNT(*) FROM events").value(); });
  EXPECT_EQ(std::get<0>(events), 0);
  EXPECT_TRUE(read({}).empty());
}

TEST_P(EventsTest, a_record_comes_back_as_it_was_written) {
  const Change change{.action = "space.update",
                      .target_kind = "space",
                      .target_id = 5'000'000'000,
                      .target_name = "harbor-a/base",
                      .workspace = WorkspaceId(3),
                      .before = R"({"public":false})",
                      .after = std::nullopt};
  (void)database().write([&](db::Connection& tx) -> Result<void> {
    audit(tx, now_, kAlice, change);
    return {};
  });
  const auto page = read({});
  ASSERT_EQ(page.size(), 1U);
  EXPECT_GT(page[0].id, 0);
  EXPECT_EQ(page[0].occurred_at, now_);
  EXPECT_EQ(page[0].actor.name, "user:alice");
  EXPECT_EQ(page[0].actor.address, "192.0.2.1");
  EXPECT_EQ(page[0].actor.request_id, "r-1");
  EXPECT_EQ(page[0].change.action, change.action);
  EXPECT_EQ(page[0].change.target_kind, change.target_kind);
  EXPECT_EQ(page[0].change.target_id, change.target_id);
  EXPECT_EQ(page[0].change.target_name, change.target_name);
  EXPECT_EQ(page[0].change.workspace, change.workspace);
  EXPECT_EQ(page[0].change.before, change.before);
  EXPECT_EQ(page[0].change.after, std::nullopt);
}

TEST_P(EventsTest, the_log_is_read_in_pages_newest_first) {
  for (const auto* name : {"one", "two", "three", "four", "five"}) audit_one(name, std::nullopt);
  const auto first = read({.workspace = {}, .before_id = {}, .limit = 2});
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].change.target_name, "five");
  EXPECT_THAT(names({.workspace = {}, .before_id = first[1].id, .limit = 2}), ElementsAre("three", "two"));
}

TEST_P(EventsTest, a_workspace_reads_its_own_records_only) {
  audit_one("ours", WorkspaceId(1));
  audit_one("theirs", WorkspaceId(2));
  audit_one("the platform's", std::nullopt);
  EXPECT_THAT(names({.workspace = WorkspaceId(1), .before_id = {}}), ElementsAre("ours"));
  EXPECT_THAT(names({}), ElementsAre("the platform's", "theirs", "ours"));
}

}  // namespace
}  // namespace berth::events
