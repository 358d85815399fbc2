#pragma once

#include <string>

#include "base/digest.h"
#include "base/json.h"
#include "base/names.h"

namespace berth::distribution {

/// What a manifest says about bytes elsewhere (OCI image-spec, descriptor.md).
struct Descriptor {
  MediaType media_type;
  Digest digest;
  std::int64_t size = 0;
  std::string platform;  // "os/arch" or "os/arch/variant"; empty when it names none
  bool foreign = false;  // the bytes may live elsewhere: it has `urls`, or a non-distributable type. Never fetched
};

/// kManifestInvalid for missing fields, a bad digest, size or type, and for embedded `data` that is not the bytes which
/// digest and size speak of. `where` names the descriptor in the message: "layers[3]".
[[nodiscard]] Result<Descriptor> parse_descriptor(const json::value& value, std::string_view where);

/// A member that is there and not null: several writers say null for an empty list.
[[nodiscard]] const json::value* find_present(const json::value& object, std::string_view key);

}  // namespace berth::distribution
