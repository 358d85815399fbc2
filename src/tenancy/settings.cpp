#include "tenancy/settings.h"

namespace berth::tenancy {
namespace {

PlatformSettings read_from(db::Connection& tx) {
  const auto row = tx.one<std::string>("SELECT value FROM settings WHERE name = 'anonymous_pull'");
  return {.anonymous_pull = !row || std::get<0>(*row) != "false"};
}

}  // namespace

json::object to_json(const PlatformSettings& settings) {
  return {{"anonymous_pull", settings.anonymous_pull}};
}

std::string etag_of(const PlatformSettings& settings) {
  return settings.anonymous_pull ? "\"anonymous-pull-on\"" : "\"anonymous-pull-off\"";
}

PlatformSettings SettingsStore::read() const {
  return context_.database.read(read_from);
}

Result<PlatformSettings> SettingsStore::update(const Asking& asking, std::optional<bool> anonymous_pull,
                                               const IfMatch& if_match) {
  return write(context_, asking, "", [&](db::Connection& tx, Changes& changes) -> Result<PlatformSettings> {
    // The lock first, so that what is compared is what is replaced.
    changes.touch_settings();
    const auto before = read_from(tx);
    if (auto met = if_match.check(etag_of(before)); !met) return fail(met.error());
    const PlatformSettings after{.anonymous_pull = anonymous_pull.value_or(before.anonymous_pull)};
    if (after.anonymous_pull == before.anonymous_pull) return before;
    tx.execute(
        "INSERT INTO settings (name, value) VALUES ('anonymous_pull', :value)"
        " ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value",
        after.anonymous_pull ? "true" : "false");
    changes.record({.kind = "settings",
                    .verb = kUpdate,
                    .id = {},
                    .name = "platform",
                    .workspace = {},
                    .space = {},
                    .before = to_json(before),
                    .after = to_json(after)});
    return after;
  });
}

}  // namespace berth::tenancy
