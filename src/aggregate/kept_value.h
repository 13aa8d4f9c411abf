#pragma once

// One value that outlives its record, in as few bytes as its type needs. All kinds have the same
// members: empty(), get() (null if empty), set(), and order(), which compares with another value
// of the type so that only values that look the same in every way are equal.

#include <algorithm>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>

#include "aggregate/arena.h"
#include "model/value.h"

namespace tallymill {

// boolean, int64 and timestamp.
template <Type type>
class KeptNumber {
 public:
  [[nodiscard]] bool empty() const { return !any_; }
  [[nodiscard]] Value get() const {
    if (!any_) return Value::null();
    if constexpr (type == Type::boolean) return Value::of(number_ != 0);
    if constexpr (type == Type::int64) return Value::of(number_);
    if constexpr (type == Type::timestamp) return Value::of(Timestamp(number_));
  }
  void set(const Value& value, Arena& /*arena*/) {
    number_ = value.int64();
    any_ = true;
  }
  [[nodiscard]] std::strong_ordering order(const Value& value) const {
    return number_ <=> value.int64();
  }

 private:
  std::int64_t number_ = 0;
  bool any_ = false;
};

class KeptDouble {
 public:
  [[nodiscard]] bool empty() const { return !any_; }
  [[nodiscard]] Value get() const { return any_ ? Value::of(number_) : Value::null(); }
  void set(const Value& value, Arena& /*arena*/) {
    number_ = value.float64() + 0.0;  // Negative zero becomes zero.
    any_ = true;
  }
  [[nodiscard]] std::strong_ordering order(const Value& value) const {
    if (number_ < value.float64()) return std::strong_ordering::less;
    return number_ > value.float64() ? std::strong_ordering::greater : std::strong_ordering::equal;
  }

 private:
  double number_ = 0;
  bool any_ = false;
};

class KeptDecimal {
 public:
  [[nodiscard]] bool empty() const { return !any_; }
  [[nodiscard]] Value get() const {
    return any_ ? Value::of(Decimal(coefficient_, scale_)) : Value::null();
  }
  void set(const Value& value, Arena& /*arena*/) {
    const Decimal number = value.decimal();
    coefficient_ = number.coefficient();
    scale_ = number.scale();
    any_ = true;
  }
  // 1.0 and 1.00 are one number and print differently: the shorter one is the lesser.
  [[nodiscard]] std::strong_ordering order(const Value& value) const {
    const Decimal other = value.decimal();
    const auto by_number = Decimal(coefficient_, scale_) <=> other;
    return by_number != 0 ? by_number : scale_ <=> other.scale();
  }

 private:
  int128 coefficient_ = 0;
  std::uint8_t scale_ = 0;
  bool any_ = false;
};

// Text is copied into the arena; room that is there is used again and grows by doubling, so a group
// whose text changes a million times stays small.
class KeptText {
 public:
  [[nodiscard]] bool empty() const { return !any_; }
  [[nodiscard]] Value get() const { return any_ ? Value::of(text()) : Value::null(); }
  void set(const Value& value, Arena& arena) {
    const std::string_view text = value.string();
    if (text.size() > capacity_) {
      capacity_ = std::max(Arena::alignment, std::bit_ceil(text.size()));
      room_ = reinterpret_cast<char*>(arena.allocate(capacity_));
    }
    if (!text.empty()) std::memcpy(room_, text.data(), text.size());
    size_ = static_cast<std::uint32_t>(text.size());
    any_ = true;
  }
  // By bytes, as COLLATE "C" does.
  [[nodiscard]] std::strong_ordering order(const Value& value) const {
    return text().compare(value.string()) <=> 0;
  }

 private:
  [[nodiscard]] std::string_view text() const { return {room_, size_}; }

  char* room_ = nullptr;
  std::size_t capacity_ = 0;
  std::uint32_t size_ = 0;
  bool any_ = false;
};

// Calls `make` with an object of the kind that keeps values of `type`, and returns what it returns.
template <class Make>
auto with_kept(Type type, Make make) {
  switch (type) {
    case Type::boolean: return make(KeptNumber<Type::boolean>());
    case Type::int64: return make(KeptNumber<Type::int64>());
    case Type::timestamp: return make(KeptNumber<Type::timestamp>());
    case Type::float64: return make(KeptDouble());
    case Type::decimal: return make(KeptDecimal());
    default: return make(KeptText());
  }
}

}  // namespace tallymill
