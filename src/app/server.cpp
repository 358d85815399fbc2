#include "app/server.h"

#include <prometheus/registry.h>

#include <cstdio>

#include "app/addresses.h"
#include "app/data_directory.h"
#include "app/greeting.h"
#include "app/periodic.h"
#include "app/system_routes.h"
#include "base/secret_box.h"
#include "blob/filesystem_store.h"
#include "blob/posix_file_system.h"
#include "blob/store_lock.h"
#include "catalog/routes.h"
#include "distribution/collection_routes.h"
#include "distribution/rest_routes.h"
#include "distribution/routes.h"
#include "http/core.h"
#include "identity/identity.h"
#include "integrity/routes.h"
#include "integrity/store_pair.h"
#include "net/certificate.h"
#include "net/server.h"
#include "tenancy/registries.h"
#include "tenancy/routes.h"

namespace berth::app {
namespace {

/// `at_least`: who waits for the disk needs no processor meanwhile, and all who wait together share a sync.
std::size_t threads(std::int64_t configured, std::size_t per_processor, std::size_t at_least) {
  if (configured > 0) return static_cast<std::size_t>(configured);
  return std::max(at_least, per_processor * std::thread::hardware_concurrency());
}

constexpr std::size_t kApiQueue = 4096;
constexpr std::size_t kFsQueue = 4096;
constexpr std::chrono::seconds kJournalPatience(10);  // with a slow disk; what is left then the next start does
constexpr std::size_t kLoginsQueue = 1024;            // identity::PendingChecks refuses long before

/// One argon2id keeps a processor busy: more threads would not be faster, and each takes 19 MiB.
std::size_t login_threads() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
}

distribution::Limits registry_limits(const Config& config) {
  distribution::Limits limits;
  limits.upload_lifetime = config.upload_expiry;
  return limits;
}

distribution::CollectionSettings collection_settings(const Config& config) {
  distribution::CollectionSettings settings;
  settings.unreferenced = config.collection_push_time;
  settings.deleted = config.collection_delay;
  settings.grace = config.collection_grace;
  settings.orphan = std::max(settings.orphan, 2 * config.upload_expiry);
  settings.sweep = config.collection_sweep_interval;
  return settings;
}

distribution::Collector::Pace collection_pace(const Config& config) {
  return {.interval = config.collection_interval, .rest = distribution::Collector::Pace().rest};
}

identity::Settings identity_settings(const Config& config) {
  identity::Settings settings;
  settings.public_url = config.public_url;
  settings.token_lifetime = config.token_lifetime;
  settings.signing_key_lifetime = config.signing_key_lifetime;
  settings.session_lifetime = config.session_lifetime;
  return settings;
}

net::Limits net_limits(const Config& config) {
  net::Limits limits;
  limits.header_time = config.header_timeout;
  limits.idle = config.idle_timeout;
  limits.grace = config.body_grace;
  limits.min_rate = static_cast<std::uint64_t>(config.minimum_rate);
  limits.connections = static_cast<std::size_t>(config.max_connections);
  limits.connections_per_peer = static_cast<std::size_t>(config.max_connections_per_peer);
  return limits;
}

}  // namespace

/// In the order of construction: each part uses only those above it.
struct Server::Parts {
  Parts(Config settings, blob::StoreLock data_lock, std::unique_ptr<db::Database> opened, SecretBox secret_box)
      : config(std::move(settings)),
        lock(std::move(data_lock)),
        secrets(std::move(secret_box)),
        database(std::move(opened)),
        blobs(blob::FilesystemStore::open(file_system, config.data_dir + "/blobs")),
        snapshots(*database),
        registry(*database, *blobs, clock, registry_limits(config)),
        collection_metrics(*metrics),
        collector(*database, *blobs, registry.changes(), clock, collection_settings(config), collection_pace(config),
                  &collection_metrics),
        identity({*database, snapshots, clock}, secrets, repositories(), identity_settings(config)),
        tenancy({*database, snapshots}),
        scrubber(*database, *blobs, registry.changes(), clock, *metrics),
        index_feed(*database, image_index),
        image_list(index_feed, image_index),
        image_configs(*database, *blobs),
        artifacts(*database, image_configs),
        core(routes(), core_dependencies(), {config.public_url, true}),
        api("api", threads(config.api_threads, 4, 32), kApiQueue),
        fs("fs", threads(config.fs_threads, 2, 16), kFsQueue),
        logins("logins", login_threads(), kLoginsQueue) {}

  http::RepositoryLookup repositories() {
    return [this](SpaceId space, const RepositoryPath& path) { return registry.lookup(space, path); };
  }

  http::Routes routes() {
    const auto authority =
        config.tls_certificate.empty() && !config.tls_listen.empty() ? config.data_dir + "/tls/ca.crt" : std::string();
    http::Routes all = system_routes({*database, *blobs, index_feed, *metrics, authority});
    for (auto& part : {distribution::routes(registry), distribution::rest_routes(registry),
                       distribution::collection_routes(*database, collector), identity::routes(identity),
                       tenancy::routes(tenancy), integrity::routes(scrubber, *database),
                       catalog::routes({image_list, artifacts, identity.robots, config.public_url})})
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }

  http::Core::Dependencies core_dependencies() {
    return {
        .snapshot = [this] { return snapshots.current(); },
        .clock = clock,
        .authenticate =
            [this](const http::Request& request, bool registry_surface, const access::Snapshot& snapshot, Time now) {
              const auto surface = registry_surface ? identity::Surface::kRegistry : identity::Surface::kApi;
              return identity.authenticator.authenticate(request, surface, snapshot, now);
            },
        .recall_snapshot = [this] { return snapshots.at_hand(); },
        .recall_subject = [this](const http::Request& request, const access::Snapshot& snapshot,
                                 Time now) { return identity.authenticator.recall(request, snapshot, now); },
        .await_password = [this](const http::Call& call,
                                 std::string_view body) { return identity.login_places.find(call, body); },
        .repositories = repositories(),
        .metrics = *metrics};
  }

  Result<void> first_start();
  Result<void> open_network();
  void start_chores();

  const Config config;
  const blob::StoreLock lock;
  const SecretBox secrets;
  const SystemClock clock;
  const std::shared_ptr<prometheus::Registry> metrics = std::make_shared<prometheus::Registry>();
  const std::unique_ptr<db::Database> database;
  blob::PosixFileSystem file_system;
  const std::unique_ptr<blob::FilesystemStore> blobs;
  state::SnapshotStore snapshots;
  distribution::Registry registry;
  distribution::CollectionMetrics collection_metrics;
  distribution::Collector collector;
  identity::Identity identity;
  tenancy::Tenancy tenancy;
  integrity::Scrubber scrubber;
  catalog::ImageIndex image_index;
  catalog::IndexFeed index_feed;
  catalog::ImageList image_list;
  catalog::ConfigReader image_configs;
  catalog::Artifacts artifacts;
  http::Core core;
  WorkerPool api;
  WorkerPool fs;
  WorkerPool logins;
  Greeting greeting;
  std::unique_ptr<net::Server> network;
  std::optional<Periodic> chores;
  std::optional<Periodic> collecting;  // apart: a run may take long
  std::optional<ServerFile> server_file;
};

Result<void> Server::Parts::first_start() {
  const auto name = RegistryName::parse(config.registry_name);
  if (!name) return fail(Fault::kInvalid, "registry-name: " + name.error().message);
  const auto login = LoginName::parse(config.administrator_login);
  if (!login) return fail(Fault::kInvalid, "administrator-login: " + login.error().message);
  tenancy::ensure_embedded_registry(tenancy.context, *name, clock.now());
  const auto& wanted = config.administrator_password;
  const auto first =
      identity.users.create_first_administrator(*login, wanted.empty() ? std::nullopt : std::optional(wanted));
  if (!first) return fail(first.error());
  greeting.login = login->text();
  if (*first) greeting.new_password = (*first)->generated_password;
  snapshots.follow();
  return {};
}

Result<void> Server::Parts::open_network() {
  net::Settings settings{.listeners = {},
                         .threads = static_cast<std::size_t>(config.io_threads),
                         .limits = net_limits(config),
                         .trusted_proxies = split_list(config.trusted_proxies)};
  std::vector<std::pair<std::string, ListenAddress>> wanted;
  for (const auto& [scheme, text] : {std::pair("http", config.listen), std::pair("https", config.tls_listen)}) {
    if (text.empty()) continue;
    const auto address = parse_listen_address(text);
    if (!address) return fail(address.error());
    wanted.emplace_back(scheme, *address);
    settings.listeners.push_back({address->host, address->port, std::nullopt});
  }
  if (wanted.empty()) return fail(Fault::kInvalid, "neither listen nor tls-listen is set: there is nothing to serve");
  if (!config.tls_listen.empty()) {
    net::TlsSettings tls{config.tls_certificate, config.tls_key};
    if (config.tls_certificate.empty()) {
      auto made = net::ensure_certificate(config.data_dir + "/tls", split_list(config.tls_names));
      if (!made) return fail(made.error());
      tls = made->tls;
    }
    settings.listeners.back().tls = std::move(tls);
  }
  auto opened = net::Server::open(settings, core, api, fs, logins, *metrics);
  if (!opened) return fail(opened.error());
  network = std::move(*opened);
  const auto ports = network->ports();
  for (std::size_t at = 0; at < wanted.size(); ++at)
    greeting.addresses[wanted[at].first] = to_url(wanted[at].first, {wanted[at].second.host, ports[at]});
  network->start();
  return {};
}

void Server::Parts::start_chores() {
  using namespace std::chrono_literals;
  chores.emplace(std::vector<Periodic::Chore>{
      {"write pull counts", config.pull_count_interval, [this] { index_feed.counted(registry.flush_pulls()); }},
      {"expire uploads", 1min, [this] { registry.expire_uploads(clock.now()); }},
      {"sweep sessions and temporary logins", 1min, [this] { identity.sweep(); }},
      {"take images into the index", 1s, [this] { index_feed.reread(clock.now()); }},
  });
  collecting.emplace(std::vector<Periodic::Chore>{{"collect", 1s, [this] { collector.tick(); }}});
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server::Parts>> Server::prepare(const Config& config) {
  make_data_directory(config.data_dir);
  auto lock = blob::StoreLock::acquire(config.data_dir);
  if (!lock) return fail(lock.error());
  auto database = db::open({config.database_url(), static_cast<std::size_t>(config.database_connections)});
  blob::PosixFileSystem file_system;
  // Before anything is made or read in what may be the wrong directory.
  if (auto pair = integrity::pair_store(*database, file_system, config.data_dir + "/blobs"); !pair)
    return fail(pair.error());
  const bool own_key = config.secrets_key_file.empty();
  auto key = load_secrets_key(own_key ? config.data_dir + "/secrets.key" : config.secrets_key_file, own_key);
  if (!key) return fail(key.error());
  return std::make_unique<Parts>(config, std::move(*lock), std::move(database), SecretBox(std::move(*key)));
}

Result<std::vector<Server::RouteLine>> Server::route_table(const Config& config) {
  auto parts = prepare(config);
  if (!parts) return fail(parts.error());
  std::vector<RouteLine> lines;
  for (const auto& route : (*parts)->routes())
    lines.push_back({route.method, std::string(route.pattern), route.permission});
  return lines;
}

Result<std::unique_ptr<Server>> Server::start(const Config& config) {
  auto prepared = prepare(config);
  if (!prepared) return fail(prepared.error());
  auto parts = std::move(*prepared);
  if (auto ready = parts->first_start(); !ready) return fail(ready.error());
  if (auto open = parts->open_network(); !open) return fail(open.error());
  parts->start_chores();
  parts->scrubber.run_in_background();
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

void Server::announce() {
  fmt::print("{}", to_text(parts_->greeting));
  std::fflush(stdout);
  parts_->server_file.emplace(parts_->config.data_dir + "/server.json", parts_->greeting.addresses);
}

Result<void> Server::reload_certificates() {
  return parts_->network->reload_certificates();
}

void Server::stop() {
  parts_->server_file.reset();
  parts_->network->drain(parts_->config.drain_timeout);
  parts_->collector.stop();
  parts_->collecting.reset();
  parts_->chores.reset();
  parts_->registry.flush_pulls();
  parts_->blobs->retire_journal(kJournalPatience);
}

}  // namespace berth::app
