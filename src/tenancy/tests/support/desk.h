#pragma once

#include <prometheus/registry.h>

#include "base/json.h"
#include "db/tests/support/test_database.h"
#include "http/core.h"
#include "tenancy/routes.h"

namespace berth::tenancy::testing {

/// What came back.
struct Answer {
  int status = 0;
  json::value body;
  http::Headers headers;

  [[nodiscard]] std::string header(std::string_view name) const { return std::string(headers.find(name).value_or("")); }
  [[nodiscard]] std::string text(std::string_view key) const;
  [[nodiscard]] std::int64_t id() const;
  /// Error::subjects.
  [[nodiscard]] std::vector<std::string> subjects() const;
  /// One member of each of {"items": […]}.
  [[nodiscard]] std::vector<std::string> items(std::string_view key) const;
};

/// What a request has besides its target.
struct With {
  json::value body = nullptr;  // null: none
  std::string if_match = {};
  std::string raw = {};  // a body that is no JSON
};

/// The tenancy's routes behind the real core, without sockets: who asks is named, and is believed.
///
/// The platform: root (administrator), otto (auditor), nobody (a user without a workspace). Everything else is made by
/// the test, through the API where it has one.
class Desk {
 public:
  explicit Desk(db::Database& database);

  /// `who` is a login, "robot:<name>", "reader:<login>" or "" (anonymous); `target` has the query.
  Answer ask(std::string_view who, http::Method method, std::string_view target, With with = {});
  Answer get(std::string_view who, std::string_view target) { return ask(who, http::Method::kGet, target); }
  Answer post(std::string_view who, std::string_view target, json::value body) {
    return ask(who, http::Method::kPost, target, {.body = std::move(body)});
  }
  Answer put(std::string_view who, std::string_view target, json::value body = nullptr) {
    return ask(who, http::Method::kPut, target, {.body = std::move(body)});
  }
  Answer patch(std::string_view who, std::string_view target, json::value body, std::string if_match = {}) {
    return ask(who, http::Method::kPatch, target, {.body = std::move(body), .if_match = std::move(if_match)});
  }
  Answer remove(std::string_view who, std::string_view target, std::string if_match = {}) {
    return ask(who, http::Method::kDelete, target, {.body = nullptr, .if_match = std::move(if_match)});
  }

  // Rows of other folders.
  UserId user(std::string_view login, std::string_view platform_role = "none");
  void group(std::string_view name, std::vector<std::string> logins);
  void robot(std::string_view name, std::string_view workspace);
  /// A personal access token that may only read, or has other grants; "reader:<login>" asks with it.
  void read_token(std::string_view login, std::string_view grants = R"({"api":"read"})");
  RegistryId registry(std::string_view name, std::string_view workspace, std::string_view address);
  void space(std::string_view registry, std::string_view name);
  void repository(std::string_view space, std::string_view name, std::string_view home);
  void upload(std::string_view space, std::string_view repository);

  // Through the API, as root; each expects success.
  void workspace(std::string_view name, std::string_view admin = "");
  void member(std::string_view workspace, std::string_view login, std::string_view role);
  std::int64_t name_space(std::string_view name, std::string_view workspace = "");
  void berth_space(std::string_view name, json::object more = {});
  void bind(std::string_view space, std::string_view workspace, std::string_view access = "pull");

  [[nodiscard]] access::SnapshotPtr snapshot() const { return snapshots_.current(); }
  /// As a fresh start would load it.
  [[nodiscard]] access::SnapshotPtr loaded() const;
  /// "action target: before → after", oldest first.
  std::vector<std::string> audit(std::string_view kind);
  std::int64_t count(std::string_view table);
  [[nodiscard]] std::vector<std::string> visible(std::string_view workspace) const;

  ManualClock& clock() { return clock_; }
  db::Database& database() { return database_; }
  state::SnapshotStore& store() { return snapshots_; }
  Tenancy& tenancy() { return tenancy_; }

 private:
  std::int64_t id_of(std::string_view table, std::string_view name);

  db::Database& database_;
  ManualClock clock_;
  state::SnapshotStore snapshots_;
  Tenancy tenancy_;
  prometheus::Registry metrics_;
  http::Core core_;
};

/// A desk on each database.
class DeskTest : public db::testing::OnBothDatabases {
 protected:
  Desk desk{database()};
};

}  // namespace berth::tenancy::testing
