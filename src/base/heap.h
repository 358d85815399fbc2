#pragma once

/// The process's heap (glibc's), which likes to keep what was freed for who comes next.
namespace berth::heap {

/// Once, before the first thread: what is large goes back to the system when it is freed, whatever was freed before.
void return_large_blocks();

/// Gives back what is free, of every thread, whole pages of it. For the end of work that needed much more than what it
/// leaves; milliseconds for each hundred MiB. Any thread.
void return_free_pages();

}  // namespace berth::heap
