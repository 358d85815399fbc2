#include "base/heap.h"

#include <malloc.h>

#include <vector>

namespace berth {
namespace {

// Without it the second block comes from the heap and stays there: the first has taught glibc its size.
TEST(Heap, keeps_no_large_block_that_was_freed_whatever_was_freed_before) {
  heap::return_large_blocks();
  const auto before = mallinfo2().arena;
  for (int round = 0; round < 3; ++round) {
    const std::vector<char> work(19 << 20, 'x');
    EXPECT_EQ(work.back(), 'x');
  }
  EXPECT_LT(mallinfo2().arena, before + (1 << 20));
}

}  // namespace
}  // namespace berth
