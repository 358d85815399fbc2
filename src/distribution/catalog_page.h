#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "distribution/caller.h"

namespace berth::distribution {

/// The first `limit` repositories after `last` that the caller may pull and that have a manifest, by their whole names
/// in byte order. Behind a registry token: of those in its scope.
///
/// Costs an index look-up per visible space that has repositories, until the page is full; nothing grows with the
/// number of repositories.
[[nodiscard]] std::vector<std::string> catalog_page(db::Connection& tx, const Caller& caller, std::string_view last,
                                                    std::size_t limit);

}  // namespace berth::distribution
