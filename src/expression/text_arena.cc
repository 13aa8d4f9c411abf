#include "expression/text_arena.h"

#include <algorithm>
#include <utility>

namespace tallymill::expression {

char* TextArena::allocate_block(std::size_t size) {
  constexpr std::size_t smallest = 4096;
  if (size > max_bytes - total_) return nullptr;
  std::size_t bytes = std::min(std::max({smallest, size, capacity_ * 2}), max_bytes - total_);
  blocks_.push_back(std::make_unique<char[]>(bytes));
  block_ = blocks_.back().get();
  capacity_ = bytes;
  total_ += bytes;
  used_ = size;
  return block_;
}

void TextArena::shrink() {
  // The last block is the largest, and the likeliest to suffice for the next record.
  std::unique_ptr<char[]> last = std::move(blocks_.back());
  blocks_.clear();
  block_ = nullptr;
  total_ = 0;
  if (capacity_ > max_kept_bytes) {
    capacity_ = 0;
    return;
  }
  block_ = last.get();
  total_ = capacity_;
  blocks_.push_back(std::move(last));
}

}  // namespace tallymill::expression
