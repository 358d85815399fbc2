#pragma once

#include "access/tests/support/world.h"

namespace berth::http::test {

/// A small world for guard and core tests: two tenants, one of whom holds nearly everything.
struct Town {
  access::testing::World world;

  WorkspaceId retail = world.workspace("retail");
  WorkspaceId bank = world.workspace("bank");

  UserId admin = world.user("admin", access::PlatformRole::kAdministrator);
  UserId auditor = world.user("auditor", access::PlatformRole::kAuditor);
  UserId alice = member("alice", retail, access::Role::kAdmin);
  UserId eve = member("eve", retail, access::Role::kEditor);
  UserId vic = member("vic", retail, access::Role::kViewer);
  UserId bob = member("bob", bank, access::Role::kAdmin);
  UserId gone = member("gone", retail, access::Role::kAdmin);  // disabled

  SpaceId library = world.space("library", access::testing::Publicity::kPublic);
  SpaceId shop = world.space("shop", access::testing::Publicity::kPrivate, retail);  // bound to retail with push
  SpaceId tools = world.space("tools");                                              // bound to retail with pull
  SpaceId secret = world.space("secret", access::testing::Publicity::kPrivate, bank);

  NamespaceId prod = world.name_space("prod", "shop", retail);
  CredentialId credential = world.credential(prod);
  // Pulls and pushes wherever retail may; no use of the API.
  RobotId ci = world.robot("ci", retail,
                           {.spaces = {{.space = {}, .repository = {}, .verbs = {.pull = true, .push = true}}},
                            .api = access::ApiGrant::kNone});

  Town() {
    world.bind(shop, retail, access::Access::kPush);
    world.bind(tools, retail, access::Access::kPull);
    world.the(gone).disabled = true;
  }

 private:
  UserId member(std::string login, WorkspaceId of, access::Role role) {
    const auto user = world.user(std::move(login));
    world.member(of, user, role);
    return user;
  }
};

[[nodiscard]] inline const Town& town() {
  static const Town built;
  return built;
}

/// Behind a registry token with one scope; "" for none.
[[nodiscard]] inline access::Subject scoped(access::Subject subject, std::string_view repository,
                                            access::Verbs verbs = {}) {
  subject.scope.emplace();
  if (!repository.empty()) subject.scope->repositories.push_back({RepositoryName::parse(repository).value(), verbs});
  return subject;
}

}  // namespace berth::http::test
