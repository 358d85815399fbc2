#include "http/core.h"

#include <stdexcept>

#include "base/encoding.h"
#include "base/log.h"
#include "base/random.h"
#include "http/actor.h"
#include "http/common_headers.h"
#include "http/cross_site.h"
#include "http/watched_sink.h"

namespace berth::http {
namespace {

bool is_open(const Route& route) {
  return route.permission.on() == Permission::On::kNobody;
}

bool sent_bearer(const Request& request) {
  const auto authorization = request.headers.find("Authorization");
  return authorization && equal_ignoring_case(authorization->substr(0, 7), "Bearer ");
}

/// The registry's clients know a path that cannot be as a bad name.
Error path_error(Surface surface, Error error) {
  if (surface == Surface::kRegistry && error.fault == Fault::kInvalid) error.fault = Fault::kNameInvalid;
  return error;
}

/// The access rule asks the database whose a repository is, for push and delete.
bool may_recall(const Route& route) {
  return route.method == Method::kGet && surface_of(route.pattern) == Surface::kRegistry &&
         route.permission.action() == access::Action::kPull;
}

void check_routes(const Routes& routes) {
  for (const auto& route : routes) {
    Guard::check_route(route);
    const bool empty = std::visit([](const auto& handler) { return !handler; }, route.handler);
    if (route.recall && !may_recall(route))
      throw std::logic_error(fmt::format("route {} {}: recalled, but its permission needs a look-up",
                                         name_of(route.method), route.pattern));
    if (empty) throw std::logic_error(fmt::format("route {} {}: no handler", name_of(route.method), route.pattern));
  }
}

/// A robot whose secret was replaced: who began with the old one does not go on.
bool same_secret(const access::Subject& subject, const access::Snapshot& before, const access::Snapshot& after) {
  const auto* who = std::get_if<access::RobotSubject>(&subject.who);
  const auto* then = who ? before.robots.find(who->id) : nullptr;
  const auto* now = who ? after.robots.find(who->id) : nullptr;
  return !then || !now || then->secret_hash == now->secret_hash;
}

void set_subject(Call& call, access::Subject subject) {
  call.subject = std::move(subject);
  call.actor = {.name = actor_name(call.subject, *call.snapshot),
                .address = call.request.peer_address,
                .request_id = call.request.request_id};
}

Dispatch refused(Response response) {
  return Dispatch{Dispatch::Refused{std::move(response)}};
}

template <class Do>
Dispatch guarded(const std::shared_ptr<Exchange>& exchange, Do go_on) {
  try {
    return go_on();
  } catch (...) {
    const auto error = exchange->failure(std::current_exception());
    return refused(exchange->complete(exchange->refuse(error)));
  }
}

}  // namespace

const std::array<Core::Step, 3> Core::kSteps{&Core::find_route, &Core::check_origin, &Core::limit_body};

Core::Core(Routes routes, Dependencies dependencies, Settings settings)
    : routes_(std::move(routes)),
      dependencies_(std::move(dependencies)),
      settings_(std::move(settings)),
      router_(routes_),
      guard_(dependencies_.repositories),
      metrics_(dependencies_.metrics),
      context_{.metrics = metrics_, .router = router_, .log = settings_.log_requests} {
  check_routes(routes_);
}

Dispatch Core::begin(Request request) {
  const auto exchange = std::make_shared<Exchange>(std::move(request), context_);
  return guarded(exchange, [&] {
    for (const auto step : kSteps)
      if (auto answer = (this->*step)(*exchange)) return refused(exchange->complete(std::move(*answer)));
    return wait_or_enter(exchange);
  });
}

Dispatch Core::wait_or_enter(const std::shared_ptr<Exchange>& exchange) const {
  if (!dependencies_.await_password) return enter(exchange);
  auto& call = exchange->call;
  call.snapshot = dependencies_.snapshot();
  call.now = dependencies_.clock.now();
  auto place = dependencies_.await_password(call, "");
  if (place && !*place) return enter(exchange);
  // What is open to everybody does not need to know; the token service, though, answers for what it was sent.
  if (is_open(*exchange->route) && exchange->surface() == Surface::kApi) {
    set_subject(call, access::Subject{});
    return hand_over(exchange);
  }
  if (!place) return refused(exchange->complete(exchange->refuse(place.error())));
  exchange->place = std::move(*place);
  return Dispatch{Dispatch::Later{[this, exchange] { return guarded(exchange, [&] { return enter(exchange); }); }}};
}

Dispatch Core::enter(const std::shared_ptr<Exchange>& exchange) const {
  auto answer = authenticate(*exchange);
  exchange->place = nullptr;
  if (!answer) answer = authorise(*exchange);
  return answer ? refused(exchange->complete(std::move(*answer))) : hand_over(exchange);
}

std::variant<Dispatch::Pool, Response> Core::wait_with_body(Exchange& exchange, std::string_view body) const {
  try {
    auto place = dependencies_.await_password(exchange.call, body);
    if (!place) return exchange.complete(exchange.refuse(place.error()));
    exchange.place = std::move(*place);
    return exchange.place ? Dispatch::Pool::kLogins : Dispatch::Pool::kApi;
  } catch (...) {
    return exchange.complete(exchange.refuse(exchange.failure(std::current_exception())));
  }
}

std::optional<Response> Core::recall(Request& request) {
  if (request.has_body || !dependencies_.recall_subject) return std::nullopt;
  auto outcome = router_.match(request.method, request.path);
  auto* match = outcome ? std::get_if<Router::Match>(&*outcome) : nullptr;
  if (!match || !match->route->recall) return std::nullopt;
  Exchange exchange(std::move(request), context_, Exchange::Answered::kAtOnce);
  exchange.route = match->route;
  exchange.call.path = std::move(match->parameters);
  try {
    if (auto response = recall(exchange)) return exchange.complete(std::move(*response));
  } catch (const std::exception&) {
    // begin() will meet it again, and tells of it.
  }
  request = exchange.take_back();
  return std::nullopt;
}

std::optional<Response> Core::recall(Exchange& exchange) const {
  auto& call = exchange.call;
  call.snapshot = dependencies_.recall_snapshot();
  if (!call.snapshot) return std::nullopt;
  call.now = dependencies_.clock.now();
  auto subject = dependencies_.recall_subject(call.request, *call.snapshot, call.now);
  if (!subject) return std::nullopt;
  call.subject = std::move(*subject);
  if (guard_.check(exchange.route->permission, exchange.surface(), call)) return std::nullopt;
  auto response = exchange.route->recall(call);
  if (response && settings_.log_requests) call.actor.name = actor_name(call.subject, *call.snapshot);
  return response;
}

Response Core::refuse(const Error& error, std::string_view path) {
  const auto request_id = random_hex(16);
  const auto surface = surface_of(path);
  auto response = error_answer(surface, error, request_id);
  add_common_headers(response, surface, path, request_id);
  metrics_.refused(response.status);
  if (settings_.log_requests)
    log::info("request refused at the edge", {{"request_id", request_id},
                                              {"path", path},
                                              {"status", response.status},
                                              {"fault", name_of(error.fault)},
                                              {"detail", error.detail}});
  return response;
}

std::optional<Response> Core::find_route(Exchange& exchange) const {
  const auto& request = exchange.call.request;
  auto outcome = router_.match(request.method, request.path);
  if (!outcome) return exchange.refuse(path_error(exchange.surface(), std::move(outcome.error())));
  if (std::holds_alternative<Router::Nothing>(*outcome)) return exchange.refuse(Error::not_found("no such resource"));
  if (const auto* others = std::get_if<Router::OtherMethods>(&*outcome)) {
    auto response =
        exchange.refuse(Error::of(Fault::kMethodNotAllowed, fmt::format("{} is not allowed here; {} is",
                                                                        name_of(request.method), others->allow)));
    response.headers.set("Allow", others->allow);
    return response;
  }
  auto& match = std::get<Router::Match>(*outcome);
  exchange.route = match.route;
  exchange.call.path = std::move(match.parameters);
  return std::nullopt;
}

std::optional<Response> Core::check_origin(Exchange& exchange) const {
  if (!is_forged(exchange.call.request, settings_.public_url)) return std::nullopt;
  return exchange.refuse(Error::denied("a page of another site may change nothing here"));
}

std::optional<Response> Core::limit_body(Exchange& exchange) const {
  const auto& length = exchange.call.request.content_length;
  const auto limit = exchange.route->body_limit;
  if (std::holds_alternative<StreamHandler>(exchange.route->handler) || !length || *length <= limit)
    return std::nullopt;
  return exchange.refuse(Error::of(Fault::kTooLarge, fmt::format("the body is larger than {} bytes", limit)));
}

std::optional<Response> Core::authenticate(Exchange& exchange) const {
  auto& call = exchange.call;
  call.snapshot = dependencies_.snapshot();
  call.now = dependencies_.clock.now();
  const bool registry = exchange.surface() != Surface::kApi;
  auto subject = dependencies_.authenticate(call.request, registry, *call.snapshot, call.now);
  // A stale cookie must not keep anybody from the login or the health page; an open route of the token service, though,
  // answers for the credentials that it was sent.
  const bool ignore = !subject && is_open(*exchange.route) && !registry;
  if (!subject && !ignore) {
    const bool token = sent_bearer(call.request);
    return challenge(exchange, subject.error(), token ? BearerError::kInvalidToken : BearerError::kNone);
  }
  set_subject(call, subject ? std::move(*subject) : access::Subject{});
  return std::nullopt;
}

std::optional<Response> Core::authorise(Exchange& exchange) const {
  const auto refusal = guard_.check(exchange.route->permission, exchange.surface(), exchange.call);
  if (!refusal) return std::nullopt;
  const auto reason = refusal->insufficient_scope ? BearerError::kInsufficientScope : BearerError::kNone;
  return challenge(exchange, refusal->error, reason);
}

Response Core::challenge(const Exchange& exchange, const Error& error, BearerError reason) const {
  auto response = exchange.refuse(error);
  if (error.fault == Fault::kUnauthenticated)
    add_challenge(response, exchange.surface(), exchange.call.request, settings_.public_url,
                  scope_of(exchange.call, exchange.route->permission), reason);
  return response;
}

// Once the body of a buffered route is there.
std::optional<Response> Core::ask_again(Exchange& exchange) const {
  const auto& call = exchange.call;
  if (!call.request.has_body || dependencies_.snapshot() == call.snapshot) return std::nullopt;
  if (auto answer = authenticate(exchange)) return answer;
  return authorise(exchange);
}

// At the end of a stream.
std::optional<Response> Core::decide_again(Exchange& exchange) const {
  auto& call = exchange.call;
  const auto before = std::exchange(call.snapshot, dependencies_.snapshot());
  if (call.snapshot == before) return std::nullopt;
  if (!same_secret(call.subject, *before, *call.snapshot))
    return challenge(exchange, Error::of(Fault::kUnauthenticated, "the credential has another secret now"),
                     BearerError::kInvalidToken);
  return authorise(exchange);
}

Dispatch Core::hand_over(std::shared_ptr<Exchange> exchange) const {
  const auto& route = *exchange->route;
  if (const auto* streaming = std::get_if<StreamHandler>(&route.handler)) {
    auto next = (*streaming)(exchange->call);
    if (auto* answer = std::get_if<Response>(&next)) return refused(exchange->complete(std::move(*answer)));
    auto& sink = std::get<std::unique_ptr<BodySink>>(next);
    auto still = [this](Exchange& of) { return decide_again(of); };
    return Dispatch{
        Dispatch::Streamed{std::make_unique<WatchedSink>(std::move(exchange), std::move(sink), std::move(still))}};
  }
  const auto& handler = std::get<Handler>(route.handler);
  decltype(Dispatch::Buffered::before) before = nullptr;
  if (dependencies_.await_password && exchange->call.request.has_body)
    before = [this, exchange](std::string_view body) { return wait_with_body(*exchange, body); };
  auto run = [this, exchange = std::move(exchange), &handler](std::string body) {
    try {
      if (auto answer = ask_again(*exchange)) return exchange->complete(std::move(*answer));
      exchange->call.body = std::move(body);
      return exchange->complete(handler(exchange->call));
    } catch (...) {
      const auto error = exchange->failure(std::current_exception());
      return exchange->complete(exchange->refuse(error));
    }
  };
  return Dispatch{Dispatch::Buffered{.limit = route.body_limit, .run = std::move(run), .before = std::move(before)}};
}

}  // namespace berth::http
