#include "model/value.h"

#include <limits>
#include <string>
#include <type_traits>

#include "support/catch.h"

namespace tallymill {
namespace {

Value text(std::string_view characters) { return Value::of(characters); }
Value integer(std::int64_t number) { return Value::of(number); }
Value decimal(std::string_view digits) { return Value::of(*Decimal::parse(digits)); }

bool before(const Value& a, const Value& b) {
  const bool less = compare(a, b) < 0;
  const bool more = compare(b, a) > 0;
  CHECK(less == more);
  return less;
}

TEST_CASE("a value gives back what it was made of") {
  CHECK(Value::of(true).boolean());
  CHECK_FALSE(Value::of(false).boolean());
  CHECK(integer(std::numeric_limits<std::int64_t>::min()).int64() == std::numeric_limits<std::int64_t>::min());
  CHECK(Value::of(-2.5).float64() == -2.5);
  CHECK(Value::of(Timestamp(-1)).timestamp() == Timestamp(-1));
  CHECK(text("").string().empty());
  CHECK(text("abc").string() == "abc");
  CHECK(Value::bytes(std::string_view("a\0b", 3)).string().size() == 3);
  const std::string nines(38, '9');
  CHECK(decimal("-" + nines).decimal().str() == "-" + nines);
  CHECK(decimal("1.50").decimal().scale() == 2);
  ExactSum sum;
  sum.add(std::int64_t{7});
  CHECK(Value::of(&sum).exact_sum().str() == "7");
}

TEST_CASE("a value is null until it is something, and null is not missing") {
  CHECK(Value().is(Type::null));
  CHECK(Value::null().absent());
  CHECK(Value::missing().absent());
  CHECK_FALSE(Value::missing().is(Type::null));
  CHECK_FALSE(text("").absent());
  CHECK_FALSE(integer(0).absent());
  CHECK_FALSE(Value::of(false).absent());
}

TEST_CASE("values are the same by type and by number") {
  CHECK(same_value(decimal("1.0"), decimal("1.00")));
  CHECK_FALSE(same_value(decimal("1.0"), decimal("1.01")));
  CHECK_FALSE(same_value(integer(1), decimal("1")));
  CHECK_FALSE(same_value(integer(1), Value::of(Timestamp(1))));
  CHECK_FALSE(same_value(integer(0), Value::of(false)));
  CHECK_FALSE(same_value(text("a"), Value::bytes("a")));
  CHECK_FALSE(same_value(text(""), Value::null()));
  CHECK(same_value(Value::null(), Value::null()));
  CHECK(same_value(Value::missing(), Value::missing()));
  CHECK_FALSE(same_value(Value::null(), Value::missing()));
  CHECK(same_value(Value::of(0.0), Value::of(-0.0)));
  ExactSum one;
  one.add(Decimal(10, 1));
  ExactSum other;
  other.add(std::int64_t{1});
  CHECK(same_value(Value::of(&one), Value::of(&other)));
  other.add(std::int64_t{1});
  CHECK_FALSE(same_value(Value::of(&one), Value::of(&other)));
}

TEST_CASE("strings are ordered by their bytes, as COLLATE \"C\" orders them") {
  CHECK(before(text("a"), text("b")));
  CHECK(before(text("B"), text("a")));
  CHECK(before(text("a"), text("ab")));
  CHECK(before(text(""), text("\x01")));
  CHECK(before(text("z"), text("\xC3\xA9")));
  CHECK(before(text("\xEF\xBF\xBD"), text("\xF0\x9F\x98\x80")));
  CHECK_FALSE(before(text("a"), text("a")));
}

TEST_CASE("numbers and times are ordered by their value") {
  CHECK(before(integer(-1), integer(0)));
  CHECK(before(decimal("-1.5"), decimal("-1.25")));
  CHECK(before(decimal("9.99"), decimal("10")));
  CHECK(before(Value::of(-1e308), Value::of(5e-324)));
  CHECK(before(Value::of(Timestamp(-5)), Value::of(Timestamp(5))));
  CHECK(before(Value::of(false), Value::of(true)));
}

TEST_CASE("types are spelled as the configuration spells them") {
  CHECK(to_string(Type::boolean) == "bool");
  CHECK(to_string(Type::int64) == "int");
  CHECK(to_string(Type::decimal) == "decimal");
  CHECK(to_string(Type::float64) == "double");
  CHECK(to_string(Type::string) == "string");
  CHECK(to_string(Type::timestamp) == "timestamp");
  CHECK(to_string(Type::null) == "null");
  CHECK(to_string(Type::missing) == "missing");
}

template <class T>
concept MakesValue = requires(T argument) { Value::of(argument); };
static_assert(!MakesValue<const char*>, "a pointer would become a bool");
static_assert(std::is_trivially_copyable_v<Value>, "values are copied in the hottest loop");

}  // namespace
}  // namespace tallymill
