#include "jobs/queue.h"

namespace berth::jobs {
namespace {

std::string_view skip_locked(const db::Connection& tx) {
  return tx.dialect() == db::Dialect::kPostgres ? " FOR UPDATE SKIP LOCKED" : "";
}

/// The topic's items that `ending` says.
template <class... Params>
std::vector<Item> select(db::Connection& tx, std::string_view topic, std::string_view ending, const Params&... params) {
  std::vector<Item> items;
  for (auto& [owner, subject, since, revision] : tx.query<std::int64_t, std::string, std::int64_t, std::int64_t>(
           fmt::format("SELECT owner_id, subject, since, revision FROM job_items WHERE topic = :topic {}", ending),
           topic, params...))
    items.push_back({.topic = std::string(topic),
                     .owner = owner,
                     .subject = std::move(subject),
                     .since = from_millis(since),
                     .revision = revision});
  return items;
}

}  // namespace

void enqueue(db::Connection& tx, const Key& key, Time due, Time since) {
  tx.execute(
      "INSERT INTO job_items (topic, owner_id, subject, due_at, since) VALUES (:topic, :owner, :subject, :due, :since) "
      "ON CONFLICT (topic, owner_id, subject) DO UPDATE SET revision = job_items.revision + 1, "
      "due_at = CASE WHEN job_items.due_at < excluded.due_at THEN job_items.due_at ELSE excluded.due_at END, "
      "since = CASE WHEN job_items.since > excluded.since THEN job_items.since ELSE excluded.since END",
      key.topic, key.owner, key.subject, due, since);
}

std::vector<Item> take_due(db::Connection& tx, std::string_view topic, Time due, std::size_t limit, Time until) {
  const auto ending = fmt::format("AND due_at <= :due ORDER BY due_at LIMIT :limit{}", skip_locked(tx));
  auto items = select(tx, topic, ending, due, limit);
  for (const auto& item : items)
    tx.execute(
        "UPDATE job_items SET due_at = :until "
        "WHERE topic = :topic AND owner_id = :owner AND subject = :subject",
        until, topic, item.owner, item.subject);
  return items;
}

void done(db::Connection& tx, const Item& item) {
  tx.execute(
      "DELETE FROM job_items WHERE topic = :topic AND owner_id = :owner AND subject = :subject AND revision = :seen",
      item.topic, item.owner, item.subject, item.revision);
}

void postpone(db::Connection& tx, const Item& item, Time until) {
  tx.execute(
      "UPDATE job_items SET due_at = :until "
      "WHERE topic = :topic AND owner_id = :owner AND subject = :subject AND revision = :seen",
      until, item.topic, item.owner, item.subject, item.revision);
}

std::vector<Item> peek(db::Connection& tx, std::string_view topic, std::size_t limit) {
  return select(tx, topic, "LIMIT :limit", limit);
}

Depth depth(db::Connection& tx, std::string_view topic, Time due) {
  const auto row = tx.one<std::int64_t, std::int64_t>(
      "SELECT CAST(COALESCE(SUM(CASE WHEN due_at <= :due THEN 1 ELSE 0 END), 0) AS BIGINT), COUNT(*) FROM job_items "
      "WHERE topic = :topic",
      due, topic);
  return {std::get<0>(row.value()), std::get<1>(row.value())};
}

bool any_due(db::Connection& tx, std::string_view topic, Time due) {
  return tx
      .one<std::int64_t>("SELECT owner_id FROM job_items WHERE topic = :topic AND due_at <= :due LIMIT 1", topic, due)
      .has_value();
}

}  // namespace berth::jobs
