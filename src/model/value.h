#pragma once

// One value on its way from a record to a table: a small tagged union that owns nothing. Strings
// and wide sums point into memory that outlives the value: the record, an arena, a lookup.

#include <cstdint>
#include <string_view>

#include "model/decimal.h"
#include "model/exact_sum.h"
#include "model/timestamp.h"

namespace tallymill {

enum class Type : std::uint8_t {
  missing,    // The field is not there at all.
  null,       // The field is there and null; or, in a row, SQL's null.
  boolean,
  int64,
  decimal,
  float64,    // Never NaN or infinite.
  string,     // Valid UTF-8 without NUL.
  timestamp,
  exact_sum,  // Only in rows on their way to a sink.
  bytes,      // Only in rows on their way to a sink: serialized state.
};

// "int", "decimal", "double", "string", ... as the configuration spells them.
[[nodiscard]] std::string_view to_string(Type type);

class Value {
 public:
  constexpr Value() : type_(Type::null), int_(0) {}
  [[nodiscard]] static constexpr Value missing() { Value v; v.type_ = Type::missing; return v; }
  [[nodiscard]] static constexpr Value null() { return {}; }
  [[nodiscard]] static constexpr Value of(bool b) { Value v; v.type_ = Type::boolean; v.int_ = b; return v; }
  [[nodiscard]] static constexpr Value of(std::int64_t i) { Value v; v.type_ = Type::int64; v.int_ = i; return v; }
  [[nodiscard]] static constexpr Value of(double d) { Value v; v.type_ = Type::float64; v.double_ = d; return v; }
  [[nodiscard]] static constexpr Value of(Timestamp t) { Value v; v.type_ = Type::timestamp; v.int_ = t.microseconds(); return v; }
  [[nodiscard]] static constexpr Value of(std::string_view s) { Value v; v.type_ = Type::string; v.text_ = {s.data(), s.size()}; return v; }
  [[nodiscard]] static constexpr Value bytes(std::string_view s) { Value v; v.type_ = Type::bytes; v.text_ = {s.data(), s.size()}; return v; }
  [[nodiscard]] static constexpr Value of(const Decimal& d) { Value v; v.type_ = Type::decimal; v.scale_ = d.scale(); v.wide_ = d.coefficient(); return v; }
  // `sum` must outlive the value.
  [[nodiscard]] static constexpr Value of(const ExactSum* sum) { Value v; v.type_ = Type::exact_sum; v.sum_ = sum; return v; }
  static Value of(const char*) = delete;

  [[nodiscard]] constexpr Type type() const { return type_; }
  [[nodiscard]] constexpr bool is(Type type) const { return type_ == type; }
  // Null or missing.
  [[nodiscard]] constexpr bool absent() const { return type_ <= Type::null; }

  // REQUIRES: the value is of the type that the name says.
  [[nodiscard]] constexpr bool boolean() const { return int_ != 0; }
  [[nodiscard]] constexpr std::int64_t int64() const { return int_; }
  [[nodiscard]] constexpr double float64() const { return double_; }
  [[nodiscard]] constexpr Timestamp timestamp() const { return Timestamp(int_); }
  [[nodiscard]] constexpr std::string_view string() const { return {text_.data, text_.size}; }
  [[nodiscard]] constexpr Decimal decimal() const { return {wide_, scale_}; }
  [[nodiscard]] constexpr const ExactSum& exact_sum() const { return *sum_; }

 private:
  struct Text {
    const char* data;
    std::size_t size;
  };

  Type type_;
  std::uint8_t scale_ = 0;
  union {
    std::int64_t int_;
    double double_;
    int128 wide_;
    Text text_;
    const ExactSum* sum_;
  };
};

// Same type and same value, decimals by number (1.0 equals 1.00); null equals null.
[[nodiscard]] bool same_value(const Value& a, const Value& b);
// Orders two values of the same type; strings by bytes, as COLLATE "C" does.
[[nodiscard]] std::strong_ordering compare(const Value& a, const Value& b);

}  // namespace tallymill
