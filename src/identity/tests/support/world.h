#pragma once

#include <prometheus/registry.h>

#include "base/json.h"
#include "db/tests/support/test_database.h"
#include "http/core.h"
#include "identity/identity.h"

namespace berth::identity::testing {

/// A request of a test, in short: send({.method = Method::kPost, .target = "/api/v1/session", .body = "{…}"}).
struct Ask {
  http::Method method = http::Method::kGet;
  std::string target;
  std::string body = "";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string scheme = "https";
  std::string address = "192.0.2.1";
};

struct Answer {
  int status = 0;
  http::Headers headers;
  std::string text;
  json::value body;  // null when the text is no JSON

  [[nodiscard]] std::string string(std::string_view key) const {
    return std::string(find_string(body, key).value_or(""));
  }
  [[nodiscard]] std::string header(std::string_view name) const { return std::string(headers.find(name).value_or("")); }
};

[[nodiscard]] std::pair<std::string, std::string> basic(std::string_view login, std::string_view password);
[[nodiscard]] std::pair<std::string, std::string> bearer(std::string_view token);

/// A whole server without sockets: identity's routes behind the real core (router, guard, access rule), with
/// /v2/{name+}/probe as the registry: GET needs pull, POST push, DELETE delete.
///
/// In the embedded registry "berth": the spaces "open" (public) and "shop" (private). The workspace "retail" is bound
/// to "shop" with push, and has the namespace prod/web. alice administers retail, bob only views it, root is the
/// platform administrator. Everybody's password is kPassword.
class World {
 public:
  explicit World(db::Database& database);

  static constexpr std::string_view kPassword = "correct horse";

  Answer send(const Ask& ask);
  /// The request up to where it waits for a password to be checked, if it does: on the api pool, so to say. go_on()
  /// does the rest.
  struct Sent {
    std::optional<Answer> answer;             // nullopt: it waits
    std::move_only_function<Answer()> go_on;  // for one that waits
  };
  Sent begin(const Ask& ask);
  Answer get(std::string target, std::pair<std::string, std::string> credentials);
  Answer post(std::string target, std::string body, std::pair<std::string, std::string> credentials);
  Answer change(http::Method method, std::string target, std::string body,
                std::pair<std::string, std::string> credentials);

  /// Of the token service; "" when it refused.
  std::string registry_token(std::pair<std::string, std::string> credentials, std::string_view scope);
  /// Status of GET /v2/<repository>/probe with the header.
  int probe(std::pair<std::string, std::string> credentials, http::Method method = http::Method::kGet,
            std::string_view repository = "shop/web");

  void sql(std::string_view statement);
  /// Rows of the audit log with this action.
  std::size_t audited(const std::string& action);

  ManualClock clock;
  db::Database& database;
  state::SnapshotStore snapshots;
  SecretBox box{std::string(32, 'k')};
  Identity identity;

  UserId root, alice, bob;
  SpaceId open, shop;
  WorkspaceId retail;
  NamespaceId web;

 private:
  UserId add_user(std::string_view login, access::PlatformRole role);
  void add_tenancy();
  std::unique_ptr<http::Core> make_core();
  Sent settle(http::Dispatch dispatch, const std::string& body);

  prometheus::Registry metrics_;
  std::unique_ptr<http::Core> core_;
};

/// A test with a World on each database.
class OnWorlds : public db::testing::OnBothDatabases {
 protected:
  World world{database()};
};

}  // namespace berth::identity::testing
