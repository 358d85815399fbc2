#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "integrity/installation.h"

namespace berth::integrity {

struct RestoreReport {
  std::int64_t objects = 0;
  std::int64_t bytes = 0;
  std::vector<std::string> damaged;  // digests that the backup says it never had: served as 404 until pushed again
};

/// Makes the installation what it was when the backup was taken, also on the other kind of database. Everything is
/// checked by digest before it is believed; after an Error the data directory and the database are as empty as before.
///
/// Refused (kConflict): a data directory that is in use or has anything in it, a database that is not empty.
/// kInvalid: no backup there, or a damaged one; the message names what is damaged. Throws db::Failure and
/// std::system_error.
[[nodiscard]] Result<RestoreReport> restore(const std::string& directory, const Installation& to);

}  // namespace berth::integrity
