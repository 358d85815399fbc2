#include "identity/handlers.h"
#include "identity/rest.h"

namespace berth::identity::handlers {
namespace {

json::object to_json(const SigningKeys::Record& key) {
  return {{"kid", key.kid},
          {"created_at", to_rfc3339(key.created_at)},
          {"verifies_until", key.verifies_until ? json::value(to_rfc3339(*key.verifies_until)) : json::value(nullptr)}};
}

}  // namespace

Response list_signing_keys(Identity& identity, Call&) {
  json::array items;
  for (const auto& key : identity.signing_keys.list()) items.push_back(to_json(key));
  return rest::list(std::move(items));
}

Response rotate_signing_keys(Identity& identity, Call& call) {
  return rest::created("/api/v1/signing-keys", to_json(identity.signing_keys.rotate(call.actor)));
}

}  // namespace berth::identity::handlers
