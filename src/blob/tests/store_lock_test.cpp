#include "blob/store_lock.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <optional>

#include "blob/tests/support/temporary_directory.h"

namespace berth::blob::testing {
namespace {

TEST(StoreLockTest, second_server_is_refused_and_told_who_holds_the_directory) {
  const TemporaryDirectory directory;
  auto first = StoreLock::acquire(directory.path());
  ASSERT_TRUE(first.has_value());
  const auto second = StoreLock::acquire(directory.path());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().fault, Fault::kConflict);
  EXPECT_THAT(second.error().message, ::testing::HasSubstr(fmt::format("process {}", ::getpid())));
}

TEST(StoreLockTest, lock_goes_with_its_holder) {
  const TemporaryDirectory directory;
  {
    ASSERT_TRUE(StoreLock::acquire(directory.path()).has_value());
  }
  EXPECT_TRUE(StoreLock::acquire(directory.path()).has_value());
}

TEST(StoreLockTest, text_of_a_dead_holder_is_replaced) {
  const TemporaryDirectory directory;
  std::ofstream(directory.path() / "lock") << "99999999999999\n";
  auto held = StoreLock::acquire(directory.path());
  ASSERT_TRUE(held.has_value());
  std::ifstream text(directory.path() / "lock");
  int pid = 0;
  text >> pid;
  EXPECT_EQ(pid, ::getpid());
}

TEST(StoreLockTest, link_planted_as_lock_is_not_followed) {
  const TemporaryDirectory directory;
  std::ofstream(directory.path() / "precious") << "text";
  std::filesystem::create_symlink(directory.path() / "precious", directory.path() / "lock");
  EXPECT_THROW(static_cast<void>(StoreLock::acquire(directory.path())), std::system_error);
  EXPECT_EQ(std::filesystem::file_size(directory.path() / "precious"), 4U);
}

}  // namespace
}  // namespace berth::blob::testing
