#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace tallymill {

// Memory that is handed out piece by piece and given back whole. Not thread-safe.
class Arena {
 public:
  static constexpr std::size_t alignment = 16;

  // Returns `size` bytes, aligned to 16. Never fails but for want of memory.
  [[nodiscard]] std::byte* allocate(std::size_t size) {
    size = (size + alignment - 1) & ~(alignment - 1);
    if (size > left_) grow(size);
    std::byte* taken = next_;
    next_ += size;
    left_ -= size;
    return taken;
  }

  [[nodiscard]] std::size_t memory_bytes() const { return bytes_; }

 private:
  void grow(std::size_t at_least);

  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace tallymill
