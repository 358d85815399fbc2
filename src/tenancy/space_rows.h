#pragma once

#include "tenancy/spaces.h"

/// The rows behind spaces.cpp.
namespace berth::tenancy {

/// `lock` is tx.for_update(), or nothing.
[[nodiscard]] Result<Space> read_space(db::Connection& tx, const Spaces::At& at, std::string_view lock = "");
/// Writes what can be changed, and the next version.
void update_space(db::Connection& tx, const Space& space);

/// What people set, for the audit log: without counters, times and version.
[[nodiscard]] json::object settings_of(const Space& space);

}  // namespace berth::tenancy
