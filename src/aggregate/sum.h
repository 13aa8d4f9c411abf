#pragma once

// Running sums by type of argument, shared by sum(x) and avg(x). Each is exact within a batch.

#include <cstdint>

#include "aggregate/double_sum.h"
#include "model/exact_sum.h"
#include "model/value.h"

namespace tallymill {

// Integers: 128 bits hold 2^64 of the largest ones.
struct IntegerSum {
  int128 sum = 0;
  void add(const Value& value) { sum += value.int64(); }
  void add(const IntegerSum& other) { sum += other.sum; }
  [[nodiscard]] Value value() const { return Value::of(Decimal(sum, 0)); }
};

struct DecimalSum {
  ExactSum sum;
  void add(const Value& value) { sum.add(value.decimal()); }
  void add(const DecimalSum& other) { sum.add(other.sum); }
  [[nodiscard]] Value value() const { return Value::of(&sum); }
};

struct FloatSum {
  DoubleSum sum;
  void add(const Value& value) { sum.add(value.float64()); }
  void add(const FloatSum& other) { sum.add(other.sum); }
  [[nodiscard]] Value value() const { return Value::of(sum.value()); }
};

}  // namespace tallymill
