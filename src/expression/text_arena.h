#pragma once

// Memory for the strings that functions make for one record. Given back whole at the next record;
// in the steady state nothing is allocated.

#include <cstddef>
#include <memory>
#include <vector>

namespace tallymill::expression {

// Not thread-safe.
class TextArena {
 public:
  // What one record's strings may take in all; kept between records is much less.
  static constexpr std::size_t max_bytes = std::size_t{8} << 20;
  static constexpr std::size_t max_kept_bytes = std::size_t{256} << 10;

  // Returns null if the record would take more than max_bytes. Valid until reset().
  [[nodiscard]] char* allocate(std::size_t size) {
    if (size > capacity_ - used_) return allocate_block(size);
    char* memory = block_ + used_;
    used_ += size;
    return memory;
  }
  // Gives back what the last allocate() did not need.
  void give_back(std::size_t size) { used_ -= size; }

  void reset() {
    used_ = 0;
    if (blocks_.size() > 1 || capacity_ > max_kept_bytes) [[unlikely]] shrink();
  }

 private:
  [[nodiscard]] char* allocate_block(std::size_t size);
  void shrink();

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* block_ = nullptr;      // The last of blocks_.
  std::size_t used_ = 0;       // Of the last block.
  std::size_t capacity_ = 0;   // Of the last block.
  std::size_t total_ = 0;      // Of all blocks.
};

}  // namespace tallymill::expression
