#pragma once

#include "base/names.h"

namespace berth::tenancy {

/// What Kubernetes tells things apart by that have had the same name: 1 to 128 letters, digits and '-'. It makes UUIDs,
/// but promises only a string.
struct UidGrammar {
  static Result<void> check(std::string_view text);
};
using Uid = Name<UidGrammar>;

}  // namespace berth::tenancy
