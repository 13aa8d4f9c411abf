#include "model/value_text.h"

#include "support/catch.h"

namespace tallymill {

TEST_CASE("values are written as a SELECT shows them") {
  CHECK(text_of(Value::null()) == "null");
  CHECK(text_of(Value::missing()) == "null");
  CHECK(text_of(Value::of(true)) == "true");
  CHECK(text_of(Value::of(std::int64_t{-7})) == "-7");
  CHECK(text_of(Value::of(*Decimal::parse("12.50"))) == "12.50");
  CHECK(text_of(Value::of(std::string_view("a b"))) == "a b");
  CHECK(text_of(Value::of(Timestamp(1'500'000))) == "1970-01-01T00:00:01.5Z");
  CHECK(text_of(Value::bytes(std::string_view("\x01\xff", 2))) == "\\x01ff");
  ExactSum sum;
  sum.add(*Decimal::parse("99999999999999999999999999999999999999"));
  sum.add(std::int64_t{1});
  CHECK(text_of(Value::of(&sum)) == "1" + std::string(38, '0'));
}

TEST_CASE("doubles are as short as they can be, with an exponent where Postgres writes one") {
  const auto shown = [](double number) { return text_of(Value::of(number)); };
  CHECK(shown(0) == "0");
  CHECK(shown(0.1) == "0.1");
  CHECK(shown(-2.5) == "-2.5");
  CHECK(shown(100000) == "100000");
  CHECK(shown(0.0001) == "0.0001");
  CHECK(shown(0.00001) == "1e-05");
  CHECK(shown(123456789012345) == "123456789012345");
  CHECK(shown(1e15) == "1e+15");
  CHECK(shown(1.7976931348623157e308) == "1.7976931348623157e+308");
}

}  // namespace tallymill
