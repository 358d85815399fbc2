#pragma once

#include "base/error.h"
#include "blob/file_system.h"

namespace berth::blob {

/// What the caller of a store hears of a failed system call: kUnavailable, with the call and errno as the log's detail.
[[nodiscard]] Error to_error(const SystemError& error);
/// For methods without a Result: std::system_error.
[[noreturn]] void raise(const SystemError& error);
/// No such object: nothing of that name, or something that is no file of ours (a link, a directory on the way missing).
[[nodiscard]] bool means_absent(const SystemError& error);

}  // namespace berth::blob
