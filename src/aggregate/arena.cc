#include "aggregate/arena.h"

#include <algorithm>

namespace tallymill {

// Blocks double from a page to a mebibyte: a table of ten groups stays small, one of a million does
// not ask the allocator often.
void Arena::grow(std::size_t at_least) {
  constexpr std::size_t smallest = 4096;
  constexpr std::size_t largest = std::size_t{1} << 20;
  const std::size_t size = std::max(at_least, std::clamp(bytes_, smallest, largest));
  blocks_.emplace_back(new std::byte[size]);  // operator new[] aligns to 16.
  next_ = blocks_.back().get();
  left_ = size;
  bytes_ += size;
}

}  // namespace tallymill
