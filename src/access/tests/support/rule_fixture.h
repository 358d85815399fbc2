#pragma once

#include <gtest/gtest.h>

#include "access/decider.h"
#include "access/tests/support/world.h"

namespace berth::access::testing {

/// Two workspaces, three people of retail, and questions in short. Each question sees the world as it is by then.
class RuleFixture : public ::testing::Test {
 protected:
  RuleFixture() {
    world.member(retail, viewer, Role::kViewer);
    world.member(retail, editor, Role::kEditor);
    world.member(retail, admin, Role::kAdmin);
    world.member(other, stranger, Role::kAdmin);
  }

  bool may(const Subject& who, Action action, const Target& what) const {
    const auto snapshot = world.snapshot();
    return Decider(*snapshot, now).may(who, action, what);
  }
  bool pulls(const Subject& who, SpaceId space) const {
    return may(who, Action::kPull, SpaceTarget{space, std::nullopt});
  }
  bool sees(const Subject& who, SpaceId space) const {
    return may(who, Action::kSee, SpaceTarget{space, std::nullopt});
  }
  bool pushes(const Subject& who, SpaceId space) const {
    return may(who, Action::kPush, SpaceTarget{space, std::nullopt});
  }
  bool pushes(const Subject& who, SpaceId space, std::optional<WorkspaceId> home) const {
    return may(who, Action::kPush, SpaceTarget{space, existing(home)});
  }
  bool deletes(const Subject& who, SpaceId space, std::optional<WorkspaceId> home) const {
    return may(who, Action::kDelete, SpaceTarget{space, existing(home)});
  }
  bool manages(const Subject& who, SpaceId space) const {
    return may(who, Action::kManage, SpaceTarget{space, std::nullopt});
  }
  static RepositoryTarget existing(std::optional<WorkspaceId> home, std::string path = "web") {
    return {.path = RepositoryPath::trusted(std::move(path)), .exists = true, .home = home};
  }

  World world;
  Time now = from_millis(1'790'000'000'000);
  WorkspaceId retail = world.workspace("retail");
  WorkspaceId other = world.workspace("other");
  UserId viewer = world.user("vera");
  UserId editor = world.user("edgar");
  UserId admin = world.user("ada");
  UserId stranger = world.user("stan");  // admin of other
  UserId newcomer = world.user("nora");  // in no workspace
  UserId root = world.user("root", PlatformRole::kAdministrator);
  UserId auditor = world.user("audrey", PlatformRole::kAuditor);
};

}  // namespace berth::access::testing
