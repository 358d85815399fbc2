#pragma once

#include "cli/context.h"

namespace berth::cli {

/// The request that a command line means. Asks the server where a name must be looked up: an item's id, the registry
/// that a space without one lies in. kUsage for what cannot be meant, before anything is changed.
[[nodiscard]] Outcome<ApiRequest> build_request(Server& server, const Invocation& invocation, Time now);

/// Adds the secrets that the command line asks for to the body; last, when everything else is known to be right.
[[nodiscard]] Outcome<void> read_passwords(ApiRequest& request, const Context& context);

}  // namespace berth::cli
