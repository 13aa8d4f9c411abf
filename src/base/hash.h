#pragma once

#include <cstdint>
#include <string_view>

namespace tallymill {

// A fast hash of bytes for tables in memory, seeded at random once per process, so that nobody can
// choose keys that collide. Never stored, never compared between processes.
[[nodiscard]] std::uint64_t hash_bytes(std::string_view bytes);

// The same for every process and version: may be stored. Continue a hash by passing it as `seed`.
[[nodiscard]] std::uint64_t stable_hash_bytes(std::string_view bytes, std::uint64_t seed = 0);

}  // namespace tallymill
