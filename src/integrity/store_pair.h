#pragma once

#include <string>

#include "base/error.h"
#include "blob/file_system.h"
#include "db/database.h"

/// Ties a database and a blob store to each other: a server on the right rows and the wrong directory would find every
/// blob missing. Both keep the same random id, the database as the setting `store_id`, the store in files:
///
///     <root>/store-id           the id
///     <root>/store-id.<id>      the same, until the database is known to have it: the name above is for afterwards
///
/// The second is durable before the database takes the id, and takes the first one's name after that. Wherever this is
/// cut, the next call finishes it, or begins anew; of several replicas that begin at once on one store, one's id wins.
///
/// All throw db::Failure and std::system_error. An Error (kConflict) is for the operator: what is there, what was
/// expected, what to do; nothing has been changed then.
namespace berth::integrity {

/// For a server that starts, before it opens the store. When neither side has an id (both are new, or of release
/// 0.1.0) they get one, unless what they hold shows that they are strangers.
[[nodiscard]] Result<void> pair_store(db::Database& database, blob::FileSystem& file_system, const std::string& root);

/// For tools, beside a server or without: they are a pair. Changes nothing.
[[nodiscard]] Result<void> check_pair(db::Database& database, const std::string& root);

/// Makes a pair of the two, with a new id, whatever they were before. No server runs on either.
void adopt_store(db::Database& database, blob::FileSystem& file_system, const std::string& root);

}  // namespace berth::integrity
