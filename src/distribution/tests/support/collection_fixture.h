#pragma once

#include <gtest/gtest.h>

#include "distribution/collector.h"
#include "distribution/tests/support/registry_fixture.h"

namespace berth::distribution::testing {

/// A registry and a collector on the same database and store, with the fixture's clock.
class CollectionTest : public RegistryTest {
 protected:
  static constexpr CollectionSettings kSettings{.unreferenced = std::chrono::hours(24),
                                                .deleted = std::chrono::minutes(1),
                                                .grace = std::chrono::hours(2),
                                                .orphan = std::chrono::hours(48),
                                                .sweep = std::chrono::hours(24),
                                                .batch = 64};

  /// A fresh collector each time: it has nothing in memory that the next one needs.
  std::unique_ptr<Collector> collector(Collector::Pace pace = {.interval = Duration(0), .rest = 0}) {
    return std::make_unique<Collector>(database(), store(), registry().changes(), clock, kSettings, pace);
  }
  /// All that is due now, and what becomes due by that.
  Collected collect() {
    Collected all;
    const auto one = collector();
    while (const auto done = one->step()) all += *done;
    return all;
  }
  /// Lets so much time pass that everything that may go has gone.
  Collected collect_in_time() {
    Collected all;
    for (int hour = 0; hour < 60; ++hour) {
      clock.advance(std::chrono::hours(1));
      all += collect();
    }
    return all;
  }

  Client retailer() { return as(access::testing::as(editor)); }
  Client keeper() { return as(access::testing::as(admin)); }
  void set_policy(std::optional<std::int64_t> days) {
    static_cast<void>(database().write([&](db::Connection& tx) -> Result<void> {
      tx.execute("UPDATE spaces SET untagged_days = :days WHERE id = :id", days, shop);
      jobs::enqueue(tx, {kSpacePolicy, shop.value()}, clock.now());
      return {};
    }));
  }

  /// What the promises say of a world at rest: every manifest has what it names, counters are what the rows say, every
  /// blob that a repository has lies in the store, whole.
  void expect_sound();
};

}  // namespace berth::distribution::testing
