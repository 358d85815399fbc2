#include "distribution/upload_rows.h"

namespace berth::distribution {

void insert_upload(db::Connection& tx, const UploadRow& row, Time now, Time expires_at) {
  tx.execute(
      "INSERT INTO uploads (id, space_id, repository, subject, received, state, hash_state, created_at, expires_at) "
      "VALUES (:id, :space, :repository, :subject, :received, :state, :hash_state, :created, :expires)",
      row.id, row.space, row.repository, row.owner, row.state.received, row.state.opaque, row.hash_state, now,
      expires_at);
}

std::optional<UploadRow> find_upload(db::Connection& tx, std::string_view id) {
  auto row = tx.one<std::int64_t, std::string, std::string, std::string, std::int64_t, std::string>(
      "SELECT space_id, repository, subject, state, received, hash_state FROM uploads WHERE id = :id", id);
  if (!row) return std::nullopt;
  auto& [space, repository, owner, state, received, hash_state] = *row;
  return UploadRow{.id = std::string(id),
                   .space = SpaceId(space),
                   .repository = std::move(repository),
                   .owner = std::move(owner),
                   .state = {.opaque = std::move(state), .received = received},
                   .hash_state = std::move(hash_state),
                   .room = {}};
}

bool save_upload(db::Connection& tx, const UploadRow& row, std::int64_t received_before, Time expires_at) {
  return tx.execute(
             "UPDATE uploads SET received = :received, state = :state, hash_state = :hash_state, expires_at = :expires "
             "WHERE id = :id AND received = :before",
             row.state.received, row.state.opaque, row.hash_state, expires_at, row.id, received_before) == 1;
}

void delete_upload(db::Connection& tx, std::string_view id) {
  tx.execute("DELETE FROM uploads WHERE id = :id", id);
}

bool has_more_uploads(db::Connection& tx, SpaceId space, std::int64_t most) {
  return tx.one<std::int64_t>("SELECT 1 FROM uploads WHERE space_id = :space LIMIT 1 OFFSET :most", space, most)
      .has_value();
}

std::vector<std::string> expired_uploads(db::Connection& tx, Time now, std::size_t limit) {
  std::vector<std::string> ids;
  for (auto& [id] : tx.query<std::string>(
           "SELECT id FROM uploads WHERE expires_at <= :now ORDER BY expires_at LIMIT :limit", now, limit))
    ids.push_back(std::move(id));
  return ids;
}

std::optional<blob::SessionState> take_expired_upload(db::Connection& tx, std::string_view id, Time now) {
  auto row = tx.one<std::string, std::int64_t>(
      "DELETE FROM uploads WHERE id = :id AND expires_at <= :now RETURNING state, received", id, now);
  if (!row) return std::nullopt;
  return blob::SessionState{.opaque = std::move(std::get<0>(*row)), .received = std::get<1>(*row)};
}

}  // namespace berth::distribution
