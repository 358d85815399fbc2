#include "catalog/push_routes.h"

#include "base/random.h"
#include "catalog/push_commands.h"
#include "catalog/requests.h"
#include "http/challenge.h"
#include "http/json_body.h"
#include "http/surface.h"
#include "identity/limits.h"

namespace berth::catalog {
namespace {

constexpr Duration kDefaultLogin = std::chrono::hours(1);
constexpr std::int64_t kShortestLogin = 60;
constexpr std::int64_t kLongestLogin = 24 * 3600;

struct Host {
  std::string name;
  bool tls;
};

Host host_of(const Services& services, const http::Request& request) {
  // The lines are for a shell: nothing but a host's name may stand there, whatever the request's Host says.
  std::string name(http::service_name(request, services.public_url));
  if (services.public_url.empty()) return {std::move(name), request.scheme == "https"};
  return {std::move(name), !services.public_url.starts_with("http://")};
}

Result<PushTarget> target_of(const Services& services, const http::Call& call, std::string_view repository,
                             std::string_view tag) {
  auto space = SpaceName::parse(call.param("space"));
  if (!space) return fail(space.error());
  auto path = RepositoryPath::parse(repository);
  if (!path) return fail(path.error());
  auto parsed_tag = Tag::parse(tag);
  if (!parsed_tag) return fail(parsed_tag.error());
  auto host = host_of(services, call.request);
  return PushTarget{.host = std::move(host.name),
                    .tls = host.tls,
                    .repository = RepositoryName(std::move(*space), std::move(*path)),
                    .tag = std::move(*parsed_tag),
                    .login = "YOUR_LOGIN",
                    .secret = "YOUR_PASSWORD_OR_TOKEN"};
}

json::array render_commands(const PushTarget& target, const std::vector<PushClient>& clients) {
  json::array out;
  for (const auto client : clients) {
    auto commands = push_commands(client, target);
    out.push_back({{"client", commands.client}, {"lines", json::value_from(commands.lines)}});
  }
  return out;
}

Result<std::vector<PushClient>> clients_of(const http::Query& query) {
  const auto name = query.find("client");
  if (!name) return push_clients();
  const auto client = parse_push_client(*name);
  if (!client) return fail(Fault::kInvalid, "client must be docker, podman, nerdctl, skopeo, buildah, helm or oras");
  return std::vector{*client};
}

identity::NewRobot temporary_robot(const access::UserSubject& user, SpaceId space, Time expires_at) {
  identity::NewRobot robot;
  robot.owner = user.id;
  robot.name = "push-" + random_hex(6);
  robot.description = "Temporary login for pushing";
  robot.grants.spaces.push_back({space, std::nullopt, {.pull = true, .push = true, .remove = false}});
  robot.expires_at = expires_at;
  robot.temporary = true;
  return robot;
}

}  // namespace

http::Response show_push_commands(const Services& services, http::Call& call) {
  const auto clients = clients_of(call.request.query);
  if (!clients) return http::answer(call, clients.error());
  const auto target = target_of(services, call, call.request.query.find("repository").value_or("my-image"),
                                call.request.query.find("tag").value_or("latest"));
  if (!target) return http::answer(call, target.error());
  return http::json_response(200, json::object{{"commands", render_commands(*target, *clients)}});
}

http::Response make_temporary_login(const Services& services, http::Call& call) {
  http::Fields fields(call);
  const auto repository = fields.optional_string("repository").value_or("my-image");
  const auto tag = fields.optional_string("tag").value_or("latest");
  const auto seconds = fields.optional_int("lifetime_seconds", kShortestLogin, kLongestLogin);
  if (auto error = fields.error()) return http::answer(call, *error);
  auto target = target_of(services, call, repository, tag);
  if (!target) return http::answer(call, target.error());
  const auto space = space_of(call);
  if (!space) return http::answer(call, space.error());
  const auto* user = std::get_if<access::UserSubject>(&call.subject.who);
  if (user == nullptr)
    return http::answer(call, Error::denied("a temporary login is for people; a robot has its own secret"));
  const auto decider = call.decider();
  if (!decider.may(call.subject, access::Action::kChangeOwn, access::PlatformTarget{}))
    return http::answer(call, Error::denied("a token needs the API grant 'write' to make a login"));
  // The robot can do no more than its owner; this only spares people a login that could not push anything.
  if (!decider.may(call.subject, access::Action::kPush, access::SpaceTarget{*space, std::nullopt}))
    return http::answer(call, Error::denied("you may not push to this space"));

  const auto expires_at = call.now + (seconds ? Duration(std::chrono::seconds(*seconds)) : kDefaultLogin);
  const auto wanted = temporary_robot(*user, *space, expires_at);
  const auto made = services.robots.create(wanted, identity::Limits::of(call.subject, *call.snapshot), call.actor);
  if (!made) return http::answer(call, made.error());
  target->login = made->robot.login.text();
  target->secret = made->secret;
  return http::json_response(201, json::object{{"login", target->login},
                                               {"secret", made->secret},
                                               {"expires_at", to_rfc3339(expires_at)},
                                               {"commands", render_commands(*target, push_clients())}});
}

}  // namespace berth::catalog
