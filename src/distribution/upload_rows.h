#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "blob/blob_store.h"
#include "db/database.h"
#include "distribution/caller.h"
#include "distribution/quota.h"

/// Rows of `uploads`: what a session keeps between two requests, and across a restart.
namespace berth::distribution {

struct UploadRow {
  std::string id;
  SpaceId space;
  std::string repository;  // path inside the space
  std::string owner;       // Caller::owner() of who started it
  blob::SessionState state;
  std::string hash_state;    // Hasher::save()
  std::optional<Room> room;  // no column: what its space had for it when this request began
};

void insert_upload(db::Connection& tx, const UploadRow& row, Time now, Time expires_at);
[[nodiscard]] std::optional<UploadRow> find_upload(db::Connection& tx, std::string_view id);
/// False when the upload is gone, or somebody else wrote to it since it had `received_before` bytes.
[[nodiscard]] bool save_upload(db::Connection& tx, const UploadRow& row, std::int64_t received_before, Time expires_at);
void delete_upload(db::Connection& tx, std::string_view id);
/// Whether more than `most` uploads are open in the space.
[[nodiscard]] bool has_more_uploads(db::Connection& tx, SpaceId space, std::int64_t most);
/// At most `limit`, the longest expired first.
[[nodiscard]] std::vector<std::string> expired_uploads(db::Connection& tx, Time now, std::size_t limit);
/// Deletes the row if its time is still over, and gives what the store needs to forget the bytes.
[[nodiscard]] std::optional<blob::SessionState> take_expired_upload(db::Connection& tx, std::string_view id, Time now);

}  // namespace berth::distribution
