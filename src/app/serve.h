#pragma once

#include "app/config.h"

namespace berth::app {

/// Runs the server until SIGTERM or SIGINT; SIGHUP reads the certificates again. Gives the process's exit status: 0
/// after a drain, 1 when it could not start (the reason stands on standard error, in words for an operator).
int serve(const Config& config);

}  // namespace berth::app
