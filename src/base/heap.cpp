#include "base/heap.h"

#include <malloc.h>

namespace berth::heap {
namespace {

// Above every buffer that requests use all the time, below argon2's work memory of 19 MiB.
constexpr int kLarge = 4 << 20;

}  // namespace

// By default glibc takes the largest block that was mapped and freed for something that will be needed again: it serves
// blocks of up to its size from the heap from then on, and keeps twice as much free in each of its arenas. One login
// made it keep 19 MiB for every thread that checks passwords.
void return_large_blocks() {
  mallopt(M_MMAP_THRESHOLD, kLarge);
  mallopt(M_TRIM_THRESHOLD, kLarge);
}

void return_free_pages() {
  malloc_trim(0);
}

}  // namespace berth::heap
