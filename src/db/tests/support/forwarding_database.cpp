#include "db/tests/support/forwarding_database.h"

#include "base/error.h"

namespace berth::db::testing {

void ForwardingDatabase::run_write(const std::function<bool(Connection&)>& work) {
  static_cast<void>(real_.write([&](Connection& tx) -> Result<void> {
    if (work(tx)) return {};
    return fail(Fault::kConflict, "rolled back");
  }));
}

void ForwardingDatabase::run_read(const std::function<void(Connection&)>& work) {
  real_.read([&](Connection& tx) {
    work(tx);
    return true;
  });
}

}  // namespace berth::db::testing
