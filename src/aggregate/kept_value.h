#pragma once

#include <bit>
#include <cstring>

#include "aggregate/arena.h"
#include "model/value.h"

namespace tallymill {

// A value that outlives its record. Text is copied into the arena; room that is there is used again
// and grows by doubling, so a group whose text changes a million times stays small.
class KeptValue {
 public:
  void set(const Value& value, Arena& arena) {
    if (!value.is(Type::string)) {
      value_ = value;
      return;
    }
    const std::string_view text = value.string();
    if (text.size() > capacity_) {
      capacity_ = std::bit_ceil(text.size());
      room_ = reinterpret_cast<char*>(arena.allocate(capacity_));
    }
    if (!text.empty()) std::memcpy(room_, text.data(), text.size());
    value_ = Value::of(std::string_view(room_, text.size()));
  }

  // Null until set.
  [[nodiscard]] const Value& get() const { return value_; }

 private:
  Value value_;
  char* room_ = nullptr;
  std::size_t capacity_ = 0;
};

}  // namespace tallymill
