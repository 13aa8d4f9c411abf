#pragma once

#include <cstddef>
#include <cstdint>

namespace tallymill {

// A place in a group table: the hash of a group's key and the group. In finished rows, which reuse
// the table's slots, the first bytes of the key take the hash's place.
struct Slot {
  std::uint64_t hash = 0;
  std::byte* group = nullptr;  // Null: free.
};

}  // namespace tallymill
