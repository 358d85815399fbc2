#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "db/database.h"

namespace berth::distribution {

/// Calls `run(list, params)` for a few hundred digests at a time: `list` is ":d0, :d1, …" for IN (…), `params` their
/// values. Lists come in few lengths, filled up with repetitions, so that the prepared statements are few.
void in_lists(std::span<const std::string> digests,
              const std::function<void(const std::string& list, std::span<const db::Param> params)>& run);

}  // namespace berth::distribution
