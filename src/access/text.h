#pragma once

#include <optional>
#include <string_view>

#include "access/decider.h"

/// The names of the model's enums in the database, the API and explanations: "admin", "pull", "harbor".
namespace berth::access {

[[nodiscard]] std::string_view to_text(PlatformRole role);      // none, auditor, administrator
[[nodiscard]] std::string_view to_text(Role role);              // viewer, editor, admin
[[nodiscard]] std::string_view to_text(Access access);          // pull, push
[[nodiscard]] std::string_view to_text(RegistryKind kind);      // berth, harbor, docker
[[nodiscard]] std::string_view to_text(RegistryOrigin origin);  // managed, integrated, associated
[[nodiscard]] std::string_view to_text(ApiGrant grant);         // none, read, write
[[nodiscard]] std::string_view to_text(Action action);          // pull, push, delete, see, see-workspace …

/// The inverse: `parse<Role>("admin")`. kInvalid, naming what is allowed, for anything else. For the types above.
template <class Enum>
[[nodiscard]] Result<Enum> parse(std::string_view text);

}  // namespace berth::access
