#include "sink/postgres/encode.h"

#include "support/catch.h"

namespace tallymill::postgres {
namespace {

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

// The bytes of an array's only element.
std::string element(SqlType type, const Value& value) {
  ArrayEncoder array(type);
  REQUIRE(array.add(value).ok());
  const std::string bytes = array.take();
  return hex(bytes.substr(24));
}

}  // namespace

// As numeric_send of Postgres 15 gives them: count of base-10,000 digits, weight, sign, scale, digits.
TEST_CASE("numerics are encoded as Postgres sends them") {
  CHECK(hex(encode_numeric("0", 0, false)) == "0000000000000000");
  CHECK(hex(encode_numeric("0", 2, true)) == "0000000000000002");
  CHECK(hex(encode_numeric("1", 0, false)) == "00010000000000000001");
  CHECK(hex(encode_numeric("1250", 2, true)) == "0002000040000002000c1388");
  CHECK(hex(encode_numeric("10000", 0, false)) == "00010001000000000001");
  CHECK(hex(encode_numeric("123456789", 0, false)) == "000300020000000000010929" "1a85");
  CHECK(hex(encode_numeric("1", 5, false)) == "0001fffe0000000503e8");
  CHECK(hex(encode_numeric("100000001", 4, false)) == "0003000100000004000100000001");
}

TEST_CASE("a value that does not fit its column is refused before it is sent") {
  ArrayEncoder bigint(SqlType::bigint);
  const auto max = Decimal::parse("9223372036854775807");
  const auto above = Decimal::parse("9223372036854775808");
  CHECK(bigint.add(Value::of(*max)).ok());
  const auto refused = bigint.add(Value::of(*above));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code() == "22003");
  CHECK(refused.error().reaction() == Reaction::reject);
  CHECK_FALSE(bigint.add(Value::of(*Decimal::parse("0.5"))).ok());
  ArrayEncoder doubles(SqlType::double_precision);
  CHECK_FALSE(doubles.add(Value::of(std::numeric_limits<double>::infinity())).ok());
  CHECK_FALSE(doubles.add(Value::of(std::string_view("1"))).ok());
}

TEST_CASE("each type has Postgres's binary form") {
  CHECK(element(SqlType::bigint, Value::of(std::int64_t{-2})) == "fffffffffffffffe");
  CHECK(element(SqlType::boolean, Value::of(true)) == "01");
  CHECK(element(SqlType::double_precision, Value::of(1.5)) == "3ff8000000000000");
  // 2000-01-01 is where Postgres begins to count.
  CHECK(element(SqlType::timestamptz, Value::of(Timestamp(946684800000001))) == "0000000000000001");
  CHECK(element(SqlType::text, Value::of(std::string_view("a\0b", 3))) == "610062");
  CHECK(element(SqlType::jsonb, Value::of(std::string_view("{}"))) == "017b7d");
  CHECK(element(SqlType::bytea, Value::bytes("\xff")) == "ff");
}

TEST_CASE("an array says how many elements it has and whether one is null") {
  ArrayEncoder array(SqlType::bigint);
  CHECK(hex(array.take()) == "000000000000000000000014");
  REQUIRE(array.add(Value::of(std::int64_t{1})).ok());
  array.add_null();
  CHECK(hex(array.take()) ==
        "00000001" "00000001" "00000014" "00000002" "00000001" "00000008" "0000000000000001" "ffffffff");
  CHECK(array.bytes() == 0);
}

}  // namespace tallymill::postgres
