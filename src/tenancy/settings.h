#pragma once

#include "tenancy/change.h"
#include "tenancy/if_match.h"

namespace berth::tenancy {

struct PlatformSettings {
  bool anonymous_pull = true;  // public spaces of the embedded registry, without a login
};
[[nodiscard]] json::object to_json(const PlatformSettings& settings);
/// The settings have no version of their own: their tag is what they say.
[[nodiscard]] std::string etag_of(const PlatformSettings& settings);

/// What the administrator sets for the whole platform. Any thread; a call blocks for its transaction.
class SettingsStore {
 public:
  explicit SettingsStore(const Context& context) : context_(context) {}

  [[nodiscard]] PlatformSettings read() const;
  Result<PlatformSettings> update(const Asking& asking, std::optional<bool> anonymous_pull, const IfMatch& if_match);

 private:
  Context context_;
};

}  // namespace berth::tenancy
