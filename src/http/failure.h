#pragma once

#include <exception>
#include <string_view>

#include "base/error.h"

namespace berth::http {

/// What the caller is told of an exception: kUnavailable where trying later may help (the database or the disk is full,
/// busy or gone), else kInternal. The exception's own text goes to the log, under the request's id, and nowhere else.
[[nodiscard]] Error take_failure(const std::exception_ptr& exception, std::string_view request_id);

}  // namespace berth::http
