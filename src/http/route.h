#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "access/decider.h"
#include "access/snapshot.h"
#include "access/subject.h"
#include "base/clock.h"
#include "events/events.h"
#include "http/message.h"

namespace berth::http {

/// What a route asks of the access rule before its handler runs. There is no default: a route that names no permission
/// does not compile. The guard (http/guard.h) resolves the target from the path's parameters and asks
/// access::Decider; nothing else decides.
class Permission {
 public:
  enum class On { kNobody, kPlatform, kWorkspace, kNamespace, kRegistry, kSpace, kRepository };

  /// Asks nothing: health, the token service, login. Each use says why in the route table.
  static constexpr Permission open() { return {On::kNobody, access::Action::kSignedIn}; }
  static constexpr Permission signed_in() { return {On::kPlatform, access::Action::kSignedIn}; }
  /// Changes what is the asker's own: password, tokens, robots. A token needs the API grant `write`.
  static constexpr Permission change_own() { return {On::kPlatform, access::Action::kChangeOwn}; }
  static constexpr Permission administer() { return {On::kPlatform, access::Action::kAdminister}; }
  static constexpr Permission audit() { return {On::kPlatform, access::Action::kAudit}; }
  /// {workspace} is a name.
  static constexpr Permission workspace(access::Action action) { return {On::kWorkspace, action}; }
  /// {namespace} is an id.
  static constexpr Permission name_space(access::Action action) { return {On::kNamespace, action}; }
  /// {registry} is a name.
  static constexpr Permission registry(access::Action action) { return {On::kRegistry, action}; }
  /// {registry} and {space} are names.
  static constexpr Permission space(access::Action action) { return {On::kSpace, action}; }
  /// REST: {registry}, {space} and {repository+}; /v2: {name+}, always the embedded registry.
  static constexpr Permission repository(access::Action action) { return {On::kRepository, action}; }

  [[nodiscard]] constexpr On on() const { return on_; }
  [[nodiscard]] constexpr access::Action action() const { return action_; }

 private:
  constexpr Permission(On on, access::Action action) : on_(on), action_(action) {}
  On on_;
  access::Action action_;
};

/// What stood for {parameters} in the path, by name. A handful: linear search. Names live as long as the route table.
class PathParameters {
 public:
  PathParameters() = default;
  PathParameters(std::initializer_list<std::pair<std::string_view, std::string>> all) : all_(all) {}

  void reserve(std::size_t count) { all_.reserve(count); }
  void emplace(std::string_view name, std::string value) { all_.emplace_back(name, std::move(value)); }
  [[nodiscard]] const std::string* find(std::string_view name) const {
    const auto it = std::ranges::find(all_, name, &std::pair<std::string_view, std::string>::first);
    return it == all_.end() ? nullptr : &it->second;
  }
  [[nodiscard]] bool contains(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] auto begin() const { return all_.begin(); }
  [[nodiscard]] auto end() const { return all_.end(); }

 private:
  std::vector<std::pair<std::string_view, std::string>> all_;
};

/// A request on its way through a handler: what was asked, by whom, on which snapshot. The request stays as it came.
struct Call {
  Request request;
  PathParameters path;  // decoded
  std::string body;     // whole; empty on streaming routes
  access::Subject subject;
  access::SnapshotPtr snapshot;
  Time now;
  events::Actor actor;

  [[nodiscard]] access::Decider decider() const { return {*snapshot, now}; }
  /// The path parameter; the route's pattern has it.
  [[nodiscard]] const std::string& param(std::string_view name) const;
};

/// An ordinary handler: synchronous, on the api pool, body in memory (bounded by the route).
using Handler = std::function<Response(Call&)>;
/// A handler whose body streams: looks at the head, and gives the sink that takes the body, or the answer at once.
using StreamHandler = std::function<std::variant<Response, std::unique_ptr<BodySink>>(Call&)>;

/// The same answer from memory alone, or nullopt: then the handler is asked. Runs on the network's own thread, so it
/// never waits: no database, no disk, no lock that is held for long. For permissions that need no look-up (pull).
using Recall = std::function<std::optional<Response>(const Call&)>;

/// One line of the route table. Patterns: "/api/v1/spaces/{space}", and one "{name+}" that takes several segments, as
/// in "/v2/{name+}/blobs/{digest}". A GET route answers HEAD as well unless HEAD has its own.
struct Route {
  Method method;
  std::string_view pattern;
  Permission permission;
  std::variant<Handler, StreamHandler> handler;
  std::size_t body_limit = 1U << 20;  // ordinary handlers only
  Recall recall = nullptr;            // routes that are quick when warm
};

using Routes = std::vector<Route>;

}  // namespace berth::http
