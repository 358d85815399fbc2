// The decision against a second, naive implementation of the formulas, on worlds made by chance.
// BERTH_ACCESS_SEED=<n> runs other worlds than the usual ones, or those of a failure again.

#include <cstdlib>

#include "access/tests/oracle.h"
#include "access/tests/random_world.h"
#include "access/text.h"

namespace berth::access::testing {
namespace {

constexpr std::uint64_t kWorlds = 500;
constexpr int kQuestions = 250;  // on each world

std::uint64_t first_seed() {
  const char* given = std::getenv("BERTH_ACCESS_SEED");
  return given ? std::stoull(given) : 20'261'121;
}

template <class T>
std::set<T> as_set(const std::vector<T>& list) {
  return {list.begin(), list.end()};
}

std::string text(const Target& what) {
  struct Writer {
    std::string operator()(const PlatformTarget&) const { return "the platform"; }
    std::string operator()(const BindTarget& t) const {
      return fmt::format("space {} and workspace {}", t.space.value(), t.workspace.value());
    }
    std::string operator()(const ClaimTarget& t) const {
      return fmt::format("namespace {} and workspace {}", t.name.value(), t.workspace.value());
    }
    std::string operator()(WorkspaceId id) const { return fmt::format("workspace {}", id.value()); }
    std::string operator()(NamespaceId id) const { return fmt::format("namespace {}", id.value()); }
    std::string operator()(RegistryId id) const { return fmt::format("registry {}", id.value()); }
    std::string operator()(const SpaceTarget& t) const {
      if (!t.repository) return fmt::format("space {}", t.space.value());
      const auto& r = *t.repository;
      return fmt::format("space {}, repository {} ({}, home {})", t.space.value(), r.path.text(),
                         r.exists ? "exists" : "new", r.home ? r.home->value() : 0);
    }
  };
  return std::visit(Writer{}, what);
}

std::string text(const Subject& who) {
  auto all = to_text(who);
  if (who.scope) all += " with scope";
  for (const auto& grant : who.scope.value_or(Scope{}).repositories)
    all += fmt::format(" {}:{}{}{}", grant.repository.text(), grant.verbs.pull ? "pull " : "",
                       grant.verbs.push ? "push " : "", grant.verbs.remove ? "delete" : "");
  return all;
}

std::vector<std::string> texts(const Explanation& explanation) {
  std::vector<std::string> all;
  for (const auto& step : explanation.steps) all.push_back(step.text);
  return all;
}

/// One random world, the rule on it, and the oracle.
struct Round {
  explicit Round(std::uint64_t number) : seed(first_seed() + number), chance(seed) {}
  std::string context() const {
    return fmt::format("BERTH_ACCESS_SEED={} and this world:\n{}", seed, world.describe());
  }

  std::uint64_t seed;
  Chance chance;
  World world = chance.world();
  SnapshotPtr snapshot = world.snapshot();
  Decider decider{*snapshot, Chance::kNow};
  Oracle oracle{world, Chance::kNow};
};

TEST(OracleTest, decision_and_explanation_agree_with_the_formulas) {
  int allowed = 0;
  for (std::uint64_t number = 0; number < kWorlds; ++number) {
    Round round(number);
    for (auto i = 0; i < kQuestions; ++i) {
      const auto who = round.chance.subject(round.world);
      const auto action = round.chance.action();
      const auto what = round.chance.target(round.world, action);
      const bool expected = round.oracle.may(who, action, what);
      const auto question = [&] { return fmt::format("{} to {} {}\n", text(who), to_text(action), text(what)); };
      ASSERT_EQ(round.decider.may(who, action, what), expected) << question() << round.context();
      ASSERT_EQ(round.decider.explain(who, action, what).allowed, expected) << question() << round.context();
      allowed += expected ? 1 : 0;
    }
  }
  // Worlds in which nearly everything is refused, or allowed, would prove little.
  EXPECT_GT(allowed, static_cast<int>(kWorlds) * kQuestions / 10);
  EXPECT_LT(allowed, static_cast<int>(kWorlds) * kQuestions / 2);
}

TEST(OracleTest, visible_sets_agree_with_the_formulas) {
  for (std::uint64_t number = 0; number < kWorlds / 2; ++number) {
    Round round(number);
    for (const auto& workspace : round.world.workspaces)
      ASSERT_EQ(as_set(round.decider.visible_to(workspace.id)), round.oracle.visible(workspace.id))
          << "visible to workspace " << workspace.id.value() << "\n"
          << round.context();
    for (const auto& name : round.world.namespaces)
      ASSERT_EQ(as_set(round.decider.visible_to(name.id)), round.oracle.visible(name.workspace))
          << "visible to namespace " << name.id.value() << "\n"
          << round.context();
    for (auto i = 0; i < 20; ++i) {
      const auto who = round.chance.subject(round.world);
      for (const auto action : {Action::kSee, Action::kPull}) {
        std::set<SpaceId> expected;
        for (const auto& space : round.world.spaces)
          if (round.oracle.may(who, action, SpaceTarget{space.id, std::nullopt})) expected.insert(space.id);
        const auto seen = round.decider.visible_to(who, action);
        ASSERT_EQ(as_set(seen), expected) << to_text(action) << " by " << text(who) << "\n" << round.context();
        ASSERT_TRUE(std::ranges::is_sorted(seen));
      }
    }
  }
}

TEST(OracleTest, a_new_repository_gets_a_home_that_could_push_it) {
  for (std::uint64_t number = 0; number < kWorlds / 2; ++number) {
    Round round(number);
    for (const auto& space : round.world.spaces) {
      const auto who = round.chance.subject(round.world);
      const auto possible = round.oracle.homes(who, space.id);
      const auto home = round.decider.home_for_push(who, space.id);
      ASSERT_EQ(home.has_value(), !possible.empty()) << text(who) << " in space " << space.id.value() << "\n"
                                                     << round.context();
      if (home)
        ASSERT_TRUE(possible.contains(*home)) << text(who) << " in space " << space.id.value() << "\n"
                                              << round.context();
      for (const auto& preferred : round.world.workspaces)
        if (possible.contains(preferred.id))
          ASSERT_EQ(round.decider.home_for_push(who, space.id, preferred.id), preferred.id);
    }
  }
}

// What the reader may not see reads as what is not there: nothing but the id in the question differs.
TEST(OracleTest, an_explanation_never_tells_the_hidden_from_the_missing) {
  constexpr SpaceId kMissing(8'888);
  int hidden = 0;
  for (std::uint64_t number = 0; number < kWorlds / 2; ++number) {
    Round round(number);
    for (auto i = 0; i < kQuestions / 2; ++i) {
      const auto reader = round.chance.subject(round.world);
      const auto who = round.chance.subject(round.world);
      const auto space = round.chance.target(round.world, Action::kPull);
      const auto* target = std::get_if<SpaceTarget>(&space);
      if (!target) continue;
      const auto missing = SpaceTarget{kMissing, target->repository};
      const auto unseen = [&](const Subject& one) {
        const SpaceTarget whole{target->space, std::nullopt};
        return !round.oracle.may(one, Action::kSee, whole) && !round.oracle.may(one, Action::kPull, whole);
      };
      for (const auto action : {Action::kPull, Action::kPush, Action::kDelete, Action::kSee, Action::kManage}) {
        if (unseen(reader)) {
          ++hidden;
          const auto told = round.decider.explain_to(reader, who, action, space);
          ASSERT_FALSE(told.allowed);
          ASSERT_EQ(texts(told), texts(round.decider.explain_to(reader, who, action, missing)))
              << text(reader) << " asks about " << text(who) << " and " << text(space) << "\n"
              << round.context();
        }
        const bool tenant = !round.oracle.may(who, Action::kAudit, PlatformTarget{});
        if (tenant && unseen(who) && !round.decider.may(who, action, space)) {
          ASSERT_EQ(texts(for_tenant(round.decider.explain(who, action, space))),
                    texts(for_tenant(round.decider.explain(who, action, missing))))
              << text(who) << " asks about " << text(space) << "\n"
              << round.context();
        }
      }
    }
  }
  EXPECT_GT(hidden, 1'000);
}

}  // namespace
}  // namespace berth::access::testing
