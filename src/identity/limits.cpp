#include "identity/limits.h"

namespace berth::identity {
namespace {

using access::SpaceGrant;

bool covers_place(const SpaceGrant& held, const SpaceGrant& wanted) {
  return (!held.space || held.space == wanted.space) && (!held.repository || held.repository == wanted.repository);
}

/// The verbs may come from several grants.
bool covered(const std::vector<SpaceGrant>& held, const SpaceGrant& wanted) {
  access::Verbs sum;
  for (const auto& each : held)
    if (covers_place(each, wanted)) {
      sum.pull |= each.verbs.pull;
      sum.push |= each.verbs.push;
      sum.remove |= each.verbs.remove;
    }
  return (sum.pull || !wanted.verbs.pull) && (sum.push || !wanted.verbs.push) && (sum.remove || !wanted.verbs.remove);
}

}  // namespace

Limits Limits::of(const access::Subject& subject, const access::Snapshot& snapshot) {
  Limits limits;
  const auto* user = std::get_if<access::UserSubject>(&subject.who);
  limits.limited_ = !user || user->token;
  if (user && user->token)
    if (const auto* token = snapshot.tokens.find(*user->token)) {
      limits.grants_ = token->grants;
      limits.expires_at_ = token->expires_at;
    }
  if (const auto* who = std::get_if<access::RobotSubject>(&subject.who))
    if (const auto* robot = snapshot.robots.find(who->id)) {
      limits.grants_ = robot->grants;
      limits.expires_at_ = robot->expires_at;
    }
  return limits;
}

Result<void> Limits::check(const access::Grants& grants, std::optional<Time> expires_at) const {
  if (!limited_) return {};
  if (grants.api > grants_.api ||
      !std::ranges::all_of(grants.spaces, [&](const SpaceGrant& wanted) { return covered(grants_.spaces, wanted); }))
    return fail(Fault::kDenied, "a token cannot grant more than it was granted itself");
  if (expires_at_ && (!expires_at || *expires_at > *expires_at_))
    return fail(Fault::kDenied, "a token cannot make credentials that outlive it");
  return {};
}

}  // namespace berth::identity
