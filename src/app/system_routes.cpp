#include "app/system_routes.h"

#include <fstream>
#include <sstream>

#include "app/version.h"
#include "base/json.h"
#include "base/log.h"
#include "http/json_body.h"
#include "http/metrics.h"
#include "http/surface.h"

namespace berth::app {
namespace {

using http::Call;
using http::Method;
using http::Permission;
using http::Response;

constexpr std::string_view kPage = R"(<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Berth</title>
<h1>Berth</h1>
<p>A container image registry with workspaces. It speaks the OCI distribution API at <a href="/v2/">/v2/</a> and REST at
<code>/api/v1</code>.</p>
<ul><li><code>docker login</code> to this host, then push and pull <code>&lt;space&gt;/&lt;repository&gt;</code>.</li>
<li><code>berth --help</code> shows what the command line does.</li>
<li><a href="/readyz">Health</a></li></ul></html>
)";

/// The dependency's state by name; its reason goes to the log, callers learn only that it is unwell.
json::object probe(std::string_view name, const std::function<void()>& check) {
  try {
    check();
    return {{"name", name}, {"ready", true}};
  } catch (const std::exception& error) {
    log::warning("a dependency is not ready", {{"dependency", name}, {"reason", error.what()}});
    return {{"name", name}, {"ready", false}, {"reason", "does not answer; the server's log has the details"}};
  }
}

Response readiness(const SystemServices& services) {
  json::array dependencies;
  dependencies.push_back(probe("database", [&] { services.database.check_health(); }));
  dependencies.push_back(probe("blob store", [&] { services.blobs.check_health(); }));
  if (services.images.loaded())
    dependencies.push_back(json::object{{"name", "image index"}, {"ready", true}});
  else
    dependencies.push_back(json::object{{"name", "image index"}, {"ready", false}, {"reason", "still being filled"}});
  const bool ready = std::ranges::all_of(dependencies, [](const json::value& d) { return d.at("ready").as_bool(); });
  return http::json_response(ready ? 200 : 503,
                             json::object{{"ready", ready}, {"dependencies", std::move(dependencies)}});
}

Response authority(const SystemServices& services, const Call& call) {
  std::ifstream file(services.authority_file);
  std::ostringstream text;
  if (services.authority_file.empty() || !(text << file.rdbuf()))
    return http::answer(call, Error::not_found("this server has no certificate authority of its own"));
  return Response::text(200, "application/x-pem-file", text.str());
}

}  // namespace

// All of these are open: probes and scrapers have no account, and none tells anything about a tenant.
http::Routes system_routes(SystemServices services) {
  const auto open = Permission::open();
  const auto page = [](Call&) { return Response::text(200, "text/html; charset=utf-8", std::string(kPage)); };
  const auto health = [](Call&) { return http::json_response(200, json::object{{"healthy", true}}); };
  const auto ready = [services](Call&) { return readiness(services); };
  const auto metrics = [services](Call&) {
    return Response::text(200, "text/plain; version=0.0.4", http::metrics_text(services.metrics));
  };
  const auto ca = [services](Call& call) { return authority(services, call); };
  const auto version = [](Call&) {
    return http::json_response(200, json::object{{"name", "berth"}, {"version", kVersion}});
  };
  return {
      {Method::kGet, "/", open, http::Handler(page)},
      {Method::kGet, "/healthz", open, http::Handler(health)},
      {Method::kGet, "/readyz", open, http::Handler(ready)},
      {Method::kGet, "/metrics", open, http::Handler(metrics)},
      {Method::kGet, "/ca.crt", open, http::Handler(ca)},
      {Method::kGet, "/api/v1/version", open, http::Handler(version)},
  };
}

}  // namespace berth::app
