#pragma once

#include <cstddef>
#include <cstdint>

namespace berth::net {

/// True when sending this part of the file would wait for the disk, as far as can be told without waiting.
[[nodiscard]] bool is_cold(int file, std::uint64_t offset, std::size_t length);

/// Reads the part into the page cache, and asks for what follows. Blocks: for the fs pool.
void warm_up(int file, std::uint64_t offset, std::size_t length);

}  // namespace berth::net
