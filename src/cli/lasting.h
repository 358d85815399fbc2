#pragma once

#include "cli/context.h"

namespace berth::cli {

/// Whether the credential that `request` makes, changes or renews would be good for longer than the kept login is: the
/// server lets no token do that, but the person may. Asks the server when the request does not say.
[[nodiscard]] Outcome<bool> outlives_login(Context& context, const ApiRequest& request);

}  // namespace berth::cli
