#include "sink/postgres/encode.h"

#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "base/check.h"

namespace tallymill::postgres {
namespace {

// Postgres counts from 2000-01-01.
constexpr std::int64_t postgres_epoch_microseconds = 946684800000000;

template <class Number>
std::string big_endian(Number number) {
  std::string bytes(sizeof(Number), '\0');
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    const std::size_t shift = 8 * (sizeof(Number) - 1 - i);
    bytes[i] = static_cast<char>((static_cast<std::uint64_t>(number) >> shift) & 0xff);
  }
  return bytes;
}

Error does_not_fit(SqlType type) {
  return {Reaction::reject, "22003", "a value does not fit " + std::string(sql_name(type))};
}

std::string numeric_of(const Decimal& number) {
  const int128 coefficient = number.coefficient();
  const std::string digits = to_string(coefficient < 0 ? -coefficient : coefficient);
  return encode_numeric(digits, number.scale(), coefficient < 0);
}

Result<std::string> integer_bytes(const Value& value) {
  if (value.is(Type::int64)) return big_endian(value.int64());
  if (value.is(Type::decimal)) {
    const Decimal number = value.decimal().normalized();
    const auto whole = number.to_int64();
    if (number.scale() == 0 && whole) return big_endian(*whole);
  }
  return does_not_fit(SqlType::bigint);
}

Result<std::string> numeric_bytes(const Value& value) {
  switch (value.type()) {
    case Type::int64: return numeric_of(Decimal::from(value.int64()));
    case Type::decimal: return numeric_of(value.decimal());
    case Type::exact_sum:
      return encode_numeric(value.exact_sum().digits(), value.exact_sum().scale(),
                            value.exact_sum().negative());
    default: return does_not_fit(SqlType::numeric);
  }
}

}  // namespace

Oid element_oid(SqlType type) {
  switch (type) {
    case SqlType::boolean: return oid::boolean;
    case SqlType::bigint: return oid::int8;
    case SqlType::numeric: return oid::numeric;
    case SqlType::double_precision: return oid::float8;
    case SqlType::text: return oid::text;
    case SqlType::timestamptz: return oid::timestamptz;
    case SqlType::jsonb: return oid::jsonb;
    case SqlType::bytea: return oid::bytea;
  }
  return oid::text;
}

std::string_view sql_name(SqlType type) {
  switch (type) {
    case SqlType::boolean: return "boolean";
    case SqlType::bigint: return "bigint";
    case SqlType::numeric: return "numeric";
    case SqlType::double_precision: return "double precision";
    case SqlType::text: return "text";
    case SqlType::timestamptz: return "timestamptz";
    case SqlType::jsonb: return "jsonb";
    case SqlType::bytea: return "bytea";
  }
  return "text";
}

std::string encode_numeric(std::string_view digits, int scale, bool negative) {
  // Digits of base 10,000, aligned to the decimal point.
  std::string padded(digits);
  if (static_cast<int>(padded.size()) < scale) padded.insert(0, static_cast<std::size_t>(scale) - padded.size(), '0');
  const std::size_t whole = padded.size() - static_cast<std::size_t>(scale);
  padded.insert(0, (4 - whole % 4) % 4, '0');
  const std::size_t groups_before_point = (whole + 3) / 4;
  padded.append((4 - padded.size() % 4) % 4, '0');
  std::string groups;
  std::int16_t count = 0;
  auto weight = static_cast<std::int16_t>(static_cast<int>(groups_before_point) - 1);
  std::size_t pending_zeros = 0;
  for (std::size_t i = 0; i < padded.size(); i += 4) {
    const int group = (padded[i] - '0') * 1000 + (padded[i + 1] - '0') * 100 +
                      (padded[i + 2] - '0') * 10 + (padded[i + 3] - '0');
    if (group == 0) {
      // Leading zeros lower the weight, trailing ones are left out.
      if (count == 0) {
        --weight;
      } else {
        ++pending_zeros;
      }
      continue;
    }
    for (; pending_zeros > 0; --pending_zeros, ++count) groups += big_endian<std::int16_t>(0);
    groups += big_endian(static_cast<std::int16_t>(group));
    ++count;
  }
  constexpr std::int16_t negative_sign = 0x4000;
  if (count == 0) {
    weight = 0;
    negative = false;
  }
  return big_endian(count) + big_endian(weight) +
         big_endian(static_cast<std::int16_t>(negative ? negative_sign : 0)) +
         big_endian(static_cast<std::int16_t>(scale)) + groups;
}

ArrayEncoder::ArrayEncoder(SqlType type) : type_(type) {}

Oid ArrayEncoder::array_oid() const {
  switch (type_) {
    case SqlType::boolean: return 1000;
    case SqlType::bigint: return 1016;
    case SqlType::numeric: return 1231;
    case SqlType::double_precision: return 1022;
    case SqlType::text: return 1009;
    case SqlType::timestamptz: return 1185;
    case SqlType::jsonb: return 3807;
    case SqlType::bytea: return 1001;
  }
  return 1009;
}

Result<void> ArrayEncoder::add(const Value& value) {
  if (value.absent()) {
    add_null();
    return {};
  }
  switch (type_) {
    case SqlType::boolean:
      if (!value.is(Type::boolean)) return does_not_fit(type_);
      add_bytes(value.boolean() ? std::string_view("\1", 1) : std::string_view("\0", 1));
      return {};
    case SqlType::bigint: {
      TRY_ASSIGN(const std::string bytes, integer_bytes(value));
      add_bytes(bytes);
      return {};
    }
    case SqlType::numeric: {
      TRY_ASSIGN(const std::string bytes, numeric_bytes(value));
      add_bytes(bytes);
      return {};
    }
    case SqlType::double_precision:
      if (!value.is(Type::float64) || !std::isfinite(value.float64())) return does_not_fit(type_);
      add_bytes(big_endian(std::bit_cast<std::uint64_t>(value.float64())));
      return {};
    case SqlType::timestamptz:
      if (!value.is(Type::timestamp) || !value.timestamp().in_range()) return does_not_fit(type_);
      add_bytes(big_endian(value.timestamp().microseconds() - postgres_epoch_microseconds));
      return {};
    case SqlType::jsonb:
      if (!value.is(Type::string)) return does_not_fit(type_);
      add_bytes("\1" + std::string(value.string()));  // The version of the format.
      return {};
    case SqlType::text:
    case SqlType::bytea:
      if (!value.is(Type::string) && !value.is(Type::bytes)) return does_not_fit(type_);
      add_bytes(value.string());
      return {};
  }
  return {};
}

void ArrayEncoder::add_text(std::string_view text) { add_bytes(text); }

void ArrayEncoder::add_null() {
  data_ += big_endian(std::int32_t{-1});
  has_null_ = true;
  ++count_;
}

void ArrayEncoder::add_bytes(std::string_view bytes) {
  data_ += big_endian(static_cast<std::int32_t>(bytes.size()));
  data_ += bytes;
  ++count_;
}

std::string ArrayEncoder::take() {
  std::string array;
  array.reserve(data_.size() + 20);
  array += big_endian(std::int32_t{count_ == 0 ? 0 : 1});
  array += big_endian(std::int32_t{has_null_ ? 1 : 0});
  array += big_endian(static_cast<std::int32_t>(element_oid(type_)));
  if (count_ > 0) array += big_endian(count_) + big_endian(std::int32_t{1});
  array += data_;
  data_.clear();
  count_ = 0;
  has_null_ = false;
  return array;
}

}  // namespace tallymill::postgres
