// Numbers: exact, or a dead letter; never by way of a double.

#include <cmath>
#include <limits>
#include <string>

#include "support/catch.h"
#include "unit/decode/reading.h"

namespace tallymill {
namespace {

// The double that a field k becomes. REQUIRES: it becomes one.
double as_double(std::string_view json) {
  Reading reading({a_field({"k"}, Type::float64)});
  REQUIRE(reading.fate("{\"k\": " + std::string(json) + "}").empty());
  REQUIRE(reading.at(0).is(Type::float64));
  return reading.at(0).float64();
}

TEST_CASE("an int is read over all of its 64 bits") {
  CHECK(of(Type::int64, "0") == "int 0");
  CHECK(of(Type::int64, "-1") == "int -1");
  CHECK(of(Type::int64, "9007199254740993") == "int 9007199254740993");
  CHECK(of(Type::int64, "-9007199254740993") == "int -9007199254740993");
  CHECK(of(Type::int64, "9223372036854775807") == "int 9223372036854775807");
  CHECK(of(Type::int64, "-9223372036854775808") == "int -9223372036854775808");
}

TEST_CASE("an integer beyond 64 bits is a dead letter for an int") {
  for (const char* number : {"9223372036854775808", "18446744073709551615", "18446744073709551616",
                             "-9223372036854775809", "123456789012345678901234567890",
                             "-123456789012345678901234567890"}) {
    INFO(number);
    CHECK(of(Type::int64, number) == "out_of_range");
  }
}

TEST_CASE("a number with a point or an exponent is no int, whatever its value") {
  for (const char* number : {"1.0", "1e2", "1E2", "-0.0", "1.5", "1e-2", "10e-1"}) {
    INFO(number);
    CHECK(of(Type::int64, number) == "wrong_type");
  }
  Reading reading({a_field({"k"}, Type::int64)});
  REQUIRE_FALSE(reading.fate(R"({"k": 1.0})").empty());
  CHECK(reading.message() == "field k is a number with a point or an exponent");
}

TEST_CASE("minus zero is zero in every numeric type") {
  CHECK(of(Type::int64, "-0") == "int 0");
  CHECK(of(Type::decimal, "-0") == "decimal 0");
  CHECK(of(Type::decimal, "-0.0") == "decimal 0.0");
  CHECK(of(Type::decimal, "\"-0.00\"") == "decimal 0.00");
  CHECK_FALSE(std::signbit(as_double("-0")));
  CHECK_FALSE(std::signbit(as_double("-0.0")));
  CHECK_FALSE(std::signbit(as_double("-1e-999")));
  CHECK_FALSE(std::signbit(as_double("\"-0.0\"")));
}

TEST_CASE("1e400 is a dead letter in every type, also where nobody reads") {
  for (const Type type : {Type::int64, Type::decimal, Type::float64, Type::string}) {
    CHECK(of(type, "1e400") == "out_of_range");
    CHECK(of(type, "-1e400") == "out_of_range");
  }
  Reading reading({a_field({"k"}, Type::string)});
  CHECK(reading.fate(R"({"k": "v", "other": 1e400})") == "out_of_range");
  CHECK(of(Type::float64, "\"1e400\"") == "out_of_range");
}

TEST_CASE("what only looks like a number is a dead letter") {
  for (const char* text : {"NaN", "nan", "Infinity", "inf", "+1", ".5", "1,5"}) {
    INFO(text);
    CHECK(of(Type::float64, text) == "bad_json");
  }
  for (const char* text :
       {"01", "1.", "1e", "1e+", "-", "1.e5", "00", "-Infinity", "0x10", "--1", "1_000"}) {
    INFO(text);
    CHECK(of(Type::float64, text) == "out_of_range");
  }
}

TEST_CASE("NaN and infinities are refused as strings too") {
  for (const Type type : {Type::float64, Type::decimal, Type::int64}) {
    for (const char* text : {"\"NaN\"", "\"nan\"", "\"Infinity\"", "\"-inf\"", "\"1e\"", "\"0x10\"", "\"\"",
                             "\" 1\"", "\"1 \"", "\"+1\"", "\"-\"", "\"1,5\"", "\"1\\n\""}) {
      INFO(text << " as " << to_string(type));
      const std::string fate = of(type, text);
      CHECK((fate == "wrong_type" || fate == "out_of_range"));
    }
  }
}

TEST_CASE("a decimal keeps every digit that the document spells") {
  CHECK(of(Type::decimal, "0.1") == "decimal 0.1");
  CHECK(of(Type::decimal, "12.50") == "decimal 12.50");
  CHECK(of(Type::decimal, "9007199254740993") == "decimal 9007199254740993");
  CHECK(of(Type::decimal, "9007199254740993.0") == "decimal 9007199254740993.0");
  CHECK(of(Type::decimal, "0.1000000000000000055511151231257827") ==
        "decimal 0.1000000000000000055511151231257827");
  CHECK(of(Type::decimal, "-1234567890123456789012345678.9012345678") ==
        "decimal -1234567890123456789012345678.9012345678");
  CHECK(of(Type::decimal, "\"99999999999999999999999999999999999999\"") ==
        "decimal 99999999999999999999999999999999999999");
  CHECK(of(Type::decimal, "18446744073709551615") == "decimal 18446744073709551615");
  CHECK(of(Type::decimal, "1.5e3") == "decimal 1500");
  CHECK(of(Type::decimal, "15E-4") == "decimal 0.0015");
  CHECK(of(Type::decimal, "1e-38") == "decimal 0.00000000000000000000000000000000000001");
}

TEST_CASE("a decimal that needs more than 38 digits is a dead letter") {
  CHECK(of(Type::decimal, "1.23456789012345678901234567890123456789") == "out_of_range");
  CHECK(of(Type::decimal, "1e38") == "out_of_range");
  CHECK(of(Type::decimal, "1e-39") == "out_of_range");
  CHECK(of(Type::decimal, "1e300") == "out_of_range");
  CHECK(of(Type::decimal, "\"100000000000000000000000000000000000000\"") == "out_of_range");
  CHECK(of(Type::decimal, "123456789012345678901234567890") == "out_of_range");
}

TEST_CASE("a decimal is found in its place, whatever stands around it") {
  Reading reading({a_field({"a", "b"}, Type::decimal), a_field({"b"}, Type::decimal),
                   a_field({"x\"y"}, Type::decimal)});
  REQUIRE(reading.fate(R"({"c": [0.9, {"b": 0.8}], "a": {"c": 0.7, "a": {"b": 0.6}, "\u0062": 0.12345678901234567890 },
                          "b" : -0.5e-3
                          , "x\"y":1.25	})")
              .empty());
  CHECK(shown(reading.at(0)) == "decimal 0.12345678901234567890");
  CHECK(shown(reading.at(1)) == "decimal -0.0005");
  CHECK(shown(reading.at(2)) == "decimal 1.25");
}

TEST_CASE("a double is the nearest one") {
  CHECK(as_double("0.1") == 0.1);
  CHECK(as_double("-2.5e-3") == -0.0025);
  CHECK(as_double("1.7976931348623157e308") == std::numeric_limits<double>::max());
  CHECK(as_double("5e-324") == std::numeric_limits<double>::denorm_min());
  CHECK(as_double("1e-400") == 0);
  CHECK(as_double("3") == 3);
  CHECK(as_double("\"0.1\"") == 0.1);
}

TEST_CASE("an integer that a double would round is a dead letter for a double") {
  CHECK(as_double("9007199254740992") == 9007199254740992.0);
  CHECK(as_double("-9007199254740992") == -9007199254740992.0);
  CHECK(of(Type::float64, "9007199254740993") == "out_of_range");
  CHECK(of(Type::float64, "-9007199254740993") == "out_of_range");
  CHECK(of(Type::float64, "18446744073709551615") == "out_of_range");
}

TEST_CASE("a string of digits is a number only where its type is declared") {
  CHECK(of(Type::int64, "\"5\"") == "int 5");
  CHECK(of(Type::decimal, "\"5.0\"") == "decimal 5.0");
  for (const Type type : {Type::int64, Type::decimal, Type::float64, Type::boolean}) {
    CHECK(of(undeclared(a_field({"k"}, type)), "\"5\"") == "wrong_type");
  }
}

TEST_CASE("a string of digits follows the rules of numbers") {
  CHECK(of(Type::int64, "\"-9223372036854775808\"") == "int -9223372036854775808");
  CHECK(of(Type::int64, "\"9223372036854775808\"") == "out_of_range");
  CHECK(of(Type::int64, "\"" + std::string(100, '9') + "\"") == "out_of_range");
  for (const char* text : {"\"1.0\"", "\"007\"", "\"-\"", "\"1e2\"", "\"- 1\"", "\"-01\""}) {
    INFO(text);
    CHECK(of(Type::int64, text) == "wrong_type");
  }
}

TEST_CASE("a number is no string and no bool") {
  for (const char* number : {"5", "5.0", "-1"}) {
    CHECK(of(Type::string, number) == "wrong_type");
    CHECK(of(Type::boolean, number) == "wrong_type");
  }
  CHECK(of(Type::string, "18446744073709551615") == "wrong_type");
  CHECK(of(Type::boolean, "18446744073709551615") == "wrong_type");
}

}  // namespace
}  // namespace tallymill
