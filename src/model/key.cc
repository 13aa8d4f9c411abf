#include "model/key.h"

#include "base/check.h"

namespace tallymill {
namespace {

// The tag keeps null last and types apart.
constexpr char tag_value = 1;
constexpr char tag_null = 2;

constexpr char sign_negative = 0;
constexpr char sign_zero = 1;
constexpr char sign_positive = 2;

void append_big_endian(std::string& key, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>((number >> shift) & 0xff);
}

std::uint64_t read_big_endian(std::string_view& key) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = (number << 8) | static_cast<unsigned char>(key[i]);
  key.remove_prefix(8);
  return number;
}

// Signed numbers in their order as unsigned ones.
std::uint64_t flip_sign(std::int64_t number) {
  return static_cast<std::uint64_t>(number) ^ (std::uint64_t{1} << 63);
}

// A decimal in normal form, by sign, then by the place of its first digit, then by its digits;
// complemented where it is negative. Equal numbers have equal bytes and bytes compare as numbers.
void append_decimal(std::string& key, const Decimal& number) {
  const Decimal normal = number.normalized();
  int128 coefficient = normal.coefficient();
  if (coefficient == 0) {
    key += sign_zero;
    return;
  }
  const bool negative = coefficient < 0;
  key += negative ? sign_negative : sign_positive;
  std::string digits = to_string(negative ? -coefficient : coefficient);
  const int place = static_cast<int>(digits.size()) - normal.scale();  // From -37 to 38.
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  const std::size_t start = key.size();
  key += static_cast<char>(place + 64);
  key += digits;
  key += '\0';
  if (!negative) return;
  for (std::size_t i = start; i < key.size(); ++i) key[i] = static_cast<char>(~key[i]);
}

Decimal read_decimal(std::string_view& key) {
  const char sign = key.front();
  key.remove_prefix(1);
  if (sign == sign_zero) return {};
  const bool negative = sign == sign_negative;
  const auto next = [&] {
    const char c = negative ? static_cast<char>(~key.front()) : key.front();
    key.remove_prefix(1);
    return c;
  };
  const int place = next() - 64;
  int128 coefficient = 0;
  int digits = 0;
  for (char c = next(); c != '\0'; c = next(), ++digits) coefficient = coefficient * 10 + (c - '0');
  for (; digits < place; ++digits) coefficient *= 10;
  return {negative ? -coefficient : coefficient, static_cast<std::uint8_t>(digits - place)};
}

}  // namespace

void append_key(std::string& key, const Value& value) {
  if (value.is(Type::null)) {
    key += tag_null;
    return;
  }
  key += tag_value;
  switch (value.type()) {
    case Type::boolean: key += static_cast<char>(value.boolean()); return;
    case Type::int64:
    case Type::timestamp: append_big_endian(key, flip_sign(value.int64())); return;
    case Type::decimal: append_decimal(key, value.decimal()); return;
    case Type::string:
      // Text holds no NUL, so one ends it and keeps the order of COLLATE "C".
      key += value.string();
      key += '\0';
      return;
    default: CHECK(false, "keys are never missing, double or serialized state");
  }
}

void read_key(std::string_view key, std::span<const Type> types, std::vector<Value>& values) {
  std::string_view left = key;
  for (const Type type : types) {
    const char tag = left.front();
    left.remove_prefix(1);
    if (tag == tag_null) {
      values.push_back(Value::null());
      continue;
    }
    switch (type) {
      case Type::boolean:
        values.push_back(Value::of(left.front() != 0));
        left.remove_prefix(1);
        break;
      case Type::int64:
      case Type::timestamp: {
        const auto number =
            static_cast<std::int64_t>(read_big_endian(left) ^ (std::uint64_t{1} << 63));
        values.push_back(type == Type::int64 ? Value::of(number) : Value::of(Timestamp(number)));
        break;
      }
      case Type::decimal: values.push_back(Value::of(read_decimal(left))); break;
      case Type::string: {
        const std::size_t size = left.find('\0');
        values.push_back(Value::of(left.substr(0, size)));
        left.remove_prefix(size + 1);
        break;
      }
      default: CHECK(false, "keys are never missing, double or serialized state");
    }
  }
}

}  // namespace tallymill
