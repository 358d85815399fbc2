#include "app/config.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <fstream>

namespace berth::app {
namespace {

using Setter = std::function<Result<void>(std::string_view)>;

/// One setting, bound to its place in a Config.
struct Setting {
  std::string_view key;
  std::string_view type;
  std::string initial;
  std::string bounds;
  bool secret;
  std::string_view prose;
  Setter set;
};

Result<std::int64_t> parse_number(std::string_view text, std::int64_t low, std::int64_t high) {
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return fail(Fault::kInvalid, "is not a whole number");
  if (value < low || value > high) return fail(Fault::kInvalid, fmt::format("must lie between {} and {}", low, high));
  return value;
}

// "500ms", "10s", "5m", "12h", "7d".
Result<Duration> parse_duration(std::string_view text) {
  struct Unit {
    std::string_view suffix;
    std::int64_t millis;
  };
  static constexpr std::array kUnits = {Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000},
                                        Unit{"d", 86'400'000}};
  for (const auto& unit : kUnits) {
    if (!text.ends_with(unit.suffix)) continue;
    const auto number = parse_number(text.substr(0, text.size() - unit.suffix.size()), 0, 1'000'000'000);
    if (number) return Duration(*number * unit.millis);
  }
  return fail(Fault::kInvalid, "is not a time span such as 500ms, 10s, 5m, 12h or 7d");
}

Setting text(std::string& place, std::string_view key, std::string initial, std::string_view prose,
             bool secret = false) {
  return {key, "text", std::move(initial), "", secret, prose, [&place](std::string_view value) -> Result<void> {
            place = value;
            return {};
          }};
}

Setting choice(std::string& place, std::string_view key, std::vector<std::string_view> choices,
               std::string_view prose) {
  auto bounds = fmt::format("{}", fmt::join(choices, ", "));
  return {key,
          "choice",
          std::string(choices.front()),
          bounds,
          false,
          prose,
          [&place, choices, bounds](std::string_view value) -> Result<void> {
            if (std::ranges::find(choices, value) == choices.end())
              return fail(Fault::kInvalid, "must be one of: " + bounds);
            place = value;
            return {};
          }};
}

Setting number(std::int64_t& place, std::string_view key, std::int64_t initial, std::int64_t low, std::int64_t high,
               std::string_view prose) {
  return {key,
          "number",
          std::to_string(initial),
          fmt::format("{} – {}", low, high),
          false,
          prose,
          [&place, low, high](std::string_view value) -> Result<void> {
            const auto parsed = parse_number(value, low, high);
            if (!parsed) return fail(parsed.error());
            place = *parsed;
            return {};
          }};
}

Setting span_of_time(Duration& place, std::string_view key, std::string initial, std::string low, std::string high,
                     std::string_view prose) {
  return {key,
          "time span",
          std::move(initial),
          fmt::format("{} – {}", low, high),
          false,
          prose,
          [&place, low, high](std::string_view value) -> Result<void> {
            const auto parsed = parse_duration(value);
            if (!parsed) return fail(parsed.error());
            if (*parsed < *parse_duration(low) || *parsed > *parse_duration(high))
              return fail(Fault::kInvalid, fmt::format("must lie between {} and {}", low, high));
            place = *parsed;
            return {};
          }};
}

std::vector<Setting> declare(Config& c) {
  return {
      text(c.listen, "listen", "127.0.0.1:5080",
           "Address and port for plain HTTP. Empty: no plain HTTP. Port 0 picks a free one."),
      text(c.tls_listen, "tls-listen", "", "Address and port for HTTPS. Empty: no HTTPS."),
      text(c.tls_certificate, "tls-certificate", "",
           "PEM file with the server's certificate chain. Empty: Berth makes a certificate authority and a certificate "
           "under the data "
           "directory on first start and offers the authority at /ca.crt. Read again on SIGHUP."),
      text(c.tls_key, "tls-key", "", "PEM file with the certificate's private key."),
      text(c.tls_names, "tls-names", "",
           "Further host names and addresses, separated by commas, for the certificate that Berth makes."),
      text(c.public_url, "public-url", "",
           "The URL by which clients reach this server, such as https://registry.example.com. Empty: taken from each "
           "request's Host."),
      text(c.trusted_proxies, "trusted-proxies", "",
           "Addresses or networks (CIDR), separated by commas, whose X-Forwarded-* headers are believed."),
      text(c.data_dir, "data-dir", "./berth-data",
           "The one data directory. Two servers never share it: the second refuses to start."),
      text(c.database, "database", "", "postgres://… for PostgreSQL. Empty: SQLite in the data directory.", true),
      number(c.database_connections, "database-connections", 8, 2, 200, "Connections to the database."),
      text(c.secrets_key_file, "secrets-key-file", "",
           "File with 32 bytes as 64 hex digits; encrypts secrets in the database. Empty: made in the data directory "
           "on first start."),
      text(c.registry_name, "registry-name", "berth", "Name of the embedded registry, given at first start."),
      text(c.administrator_login, "administrator-login", "admin", "Login of the first administrator."),
      text(c.administrator_password, "administrator-password", "",
           "Password of the first administrator, used at first start only. Empty: generated and printed once.", true),
      span_of_time(c.token_lifetime, "token-lifetime", "5m", "60s", "1h",
                   "How long a registry token is good. Rights are decided anew at each request all the same."),
      span_of_time(
          c.signing_key_lifetime, "signing-key-lifetime", "30d", "1h", "3650d",
          "A new key signs registry tokens after so long; the one before verifies until its tokens have ended."),
      span_of_time(c.session_lifetime, "session-lifetime", "12h", "5m", "30d", "How long a login in a browser lasts."),
      span_of_time(c.upload_expiry, "upload-expiry", "24h", "1m", "30d",
                   "An upload that nobody has touched for so long is forgotten."),
      span_of_time(c.pull_count_interval, "pull-count-interval", "5s", "100ms", "10m",
                   "How often pull counts reach the database."),
      span_of_time(c.collection_interval, "collection-interval", "1m", "1s", "1d",
                   "How often the garbage collector begins a run when something is due."),
      span_of_time(c.collection_push_time, "collection-push-time", "24h", "1s", "30d",
                   "How long a push may take: a blob that was pushed or mounted stays for so long without a manifest "
                   "that names it."),
      span_of_time(c.collection_delay, "collection-delay", "1m", "1s", "30d",
                   "How long after a deletion the collector looks at what it left."),
      span_of_time(c.collection_grace, "collection-grace", "2h", "1s", "30d",
                   "A blob that no manifest of its repository names stays for so long after that was seen, and after "
                   "each time that a client asks for it."),
      span_of_time(c.collection_sweep_interval, "collection-sweep-interval", "1d", "1m", "30d",
                   "How often the whole blob store is looked through for objects that no record names."),
      number(c.io_threads, "io-threads", 0, 0, 256, "Threads that serve the network. 0: one per processor."),
      number(c.api_threads, "api-threads", 0, 0, 512, "Threads that run handlers. 0: four per processor, 32 at least."),
      number(c.fs_threads, "fs-threads", 0, 0, 512, "Threads that write uploads. 0: two per processor, 16 at least."),
      span_of_time(c.header_timeout, "header-timeout", "10s", "100ms", "5m",
                   "A request's head must be complete after so long."),
      span_of_time(c.idle_timeout, "idle-timeout", "75s", "1s", "1h", "An idle connection is closed after so long."),
      span_of_time(c.drain_timeout, "drain-timeout", "30s", "0s", "1h",
                   "On SIGTERM, requests in flight may take so long to finish."),
      number(c.minimum_rate, "minimum-rate", 1024, 1, 1'000'000'000,
             "Bytes per second below which a client that sends or reads a body is cut off, once it has used up its "
             "grace."),
      span_of_time(c.body_grace, "body-grace", "10s", "100ms", "10m",
                   "How long a client may keep the server waiting for a body; bytes that move earn it back."),
      number(c.max_connections, "max-connections", 10'000, 1, 1'000'000, "Connections at once."),
      number(c.max_connections_per_peer, "max-connections-per-peer", 1'000, 1, 1'000'000,
             "Connections at once from one address."),
      choice(c.log_level, "log-level", {"info", "debug", "warning", "error"},
             "The least severe lines that are written."),
      choice(c.log_format, "log-format", {"text", "json"}, "How log lines look on standard error."),
  };
}

// The command line's own (docs/cli.md): no settings of the server, and no mistakes.
constexpr std::array<std::string_view, 3> kClientVariables = {"BERTH_SERVER", "BERTH_TOKEN", "BERTH_CA_FILE"};

std::string environment_name(std::string_view key) {
  std::string name = "BERTH_";
  for (const char c : key) name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

}  // namespace

std::string Config::database_url() const {
  return database.empty() ? "file:" + data_dir + "/berth.db" : database;
}

Result<Config> load_config(const std::vector<Assignment>& assignments) {
  Config config;
  auto settings = declare(config);
  std::vector<std::string> errors;
  for (const auto& setting : settings)
    if (auto set = setting.set(setting.initial); !set)
      errors.push_back(fmt::format("default of {}: {}", setting.key, set.error().message));
  for (const auto& given : assignments) {
    const auto setting = std::ranges::find(settings, given.key, &Setting::key);
    if (setting == settings.end()) {
      errors.push_back(given.origin + ": there is no such setting");
      continue;
    }
    if (auto set = setting->set(given.value); !set) errors.push_back(given.origin + " " + set.error().message);
  }
  if (!errors.empty())
    return std::unexpected(Error{Fault::kInvalid, "the configuration is wrong", std::move(errors), {}});
  return config;
}

Result<std::vector<Assignment>> read_config_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) return fail(Fault::kInvalid, path + ": cannot be read");
  return parse_config(path, text);
}

Result<std::vector<Assignment>> parse_config(const std::string& path, const std::string& text) {
  std::vector<Assignment> out;
  try {
    const auto document = YAML::Load(text);
    if (!document.IsMap() && !document.IsNull())
      return fail(Fault::kInvalid, path + ": must be a mapping of settings to values");
    for (const auto& entry : document) {
      const auto key = entry.first.as<std::string>();
      if (!entry.second.IsScalar())
        return fail(Fault::kInvalid, fmt::format("{}: {} must be a single value", path, key));
      out.push_back({key, entry.second.as<std::string>(), fmt::format("{}: {}", path, key)});
    }
  } catch (const YAML::Exception& error) {
    return fail(Fault::kInvalid, fmt::format("{}: {}", path, error.what()));
  }
  return out;
}

std::vector<Assignment> read_environment(const char* const* environment) {
  Config unused;
  const auto settings = declare(unused);
  std::vector<Assignment> out;
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry(*environment);
    const auto equals = entry.find('=');
    if (!entry.starts_with("BERTH_") || equals == std::string_view::npos) continue;
    const auto name = entry.substr(0, equals);
    if (std::ranges::find(kClientVariables, name) != kClientVariables.end()) continue;
    const auto setting = std::ranges::find(settings, name, [](const Setting& s) { return environment_name(s.key); });
    out.push_back({setting == settings.end() ? std::string(name) : std::string(setting->key),
                   std::string(entry.substr(equals + 1)), std::string(name)});
  }
  return out;
}

Result<std::vector<Assignment>> read_arguments(const std::vector<std::string>& arguments) {
  std::vector<Assignment> out;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string_view argument = arguments[at];
    if (!argument.starts_with("--"))
      return fail(Fault::kInvalid, fmt::format("{}: settings are given as --name value", argument));
    const auto equals = argument.find('=');
    const auto key = std::string(argument.substr(2, equals == std::string_view::npos ? equals : equals - 2));
    if (equals != std::string_view::npos) {
      out.push_back({key, std::string(argument.substr(equals + 1)), "--" + key});
    } else if (at + 1 < arguments.size()) {
      out.push_back({key, arguments[++at], "--" + key});
    } else {
      return fail(Fault::kInvalid, fmt::format("--{} needs a value", key));
    }
  }
  return out;
}

std::string config_reference() {
  Config unused;
  std::string out =
      "# Configuration\n\n<!-- Written by `berth config reference`; a test compares. -->\n\n"
      "`berth serve` reads, each overriding the one before: its defaults, the file named by `--config` (YAML, one\n"
      "`setting: value` a line), the environment, the command line. Unknown settings are refused, all errors at "
      "once.\n\n"
      "| setting | environment | type | default | bounds | what it does |\n|---|---|---|---|---|---|\n";
  for (const auto& s : declare(unused))
    out += fmt::format("| `{}` | `{}` | {}{} | {} | {} | {} |\n", s.key, environment_name(s.key), s.type,
                       s.secret ? ", secret" : "", s.initial.empty() ? "" : "`" + s.initial + "`", s.bounds, s.prose);
  return out;
}

}  // namespace berth::app
