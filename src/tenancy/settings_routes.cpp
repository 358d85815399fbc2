#include "tenancy/routes.h"
#include "tenancy/serve.h"

namespace berth::tenancy {
namespace {

http::Response show(const PlatformSettings& settings) {
  return shown(to_json(settings), etag_of(settings));
}

struct ShowSettings {
  using Input = Nothing;
  using Output = PlatformSettings;
  SettingsStore& settings;

  static Result<Input> parse(const http::Call&) { return Nothing{}; }
  Result<Output> handle(const Asking&, const Input&) const { return settings.read(); }
  static http::Response render(const http::Call&, const Output& found) { return show(found); }
};

struct ChangeSettings {
  struct Input {
    std::optional<bool> anonymous_pull;
    IfMatch if_match;
  };
  using Output = PlatformSettings;
  SettingsStore& settings;

  static Result<Input> parse(const http::Call& call) {
    http::Fields fields(call);
    Input in{.anonymous_pull = fields.optional_bool("anonymous_pull"), .if_match = if_match_of(call)};
    if (auto error = fields.error()) return fail(std::move(*error));
    return in;
  }
  Result<Output> handle(const Asking& asking, const Input& in) const {
    return settings.update(asking, in.anonymous_pull, in.if_match);
  }
  static http::Response render(const http::Call&, const Output& changed) { return show(changed); }
};

}  // namespace

http::Routes settings_routes(Tenancy& tenancy) {
  using http::Permission;
  auto& settings = tenancy.settings;
  return {
      {http::Method::kGet, "/api/v1/settings", Permission::administer(), serve(ShowSettings{settings})},
      {http::Method::kPatch, "/api/v1/settings", Permission::administer(), serve(ChangeSettings{settings})},
  };
}

}  // namespace berth::tenancy
