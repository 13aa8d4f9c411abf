#pragma once

#include <cstdint>
#include <string_view>

namespace tallymill {

// A fast hash of bytes for tables in memory, seeded at random once per process, so that nobody can
// choose keys that collide. Never stored, never compared between processes.
[[nodiscard]] std::uint64_t hash_bytes(std::string_view bytes);

}  // namespace tallymill
