#include "model/numeric.h"

#include "support/catch.h"

namespace tallymill {
namespace {

std::string sum(const char* a, const char* b) {
  return Numeric::add(Numeric::parse(a), Numeric::parse(b)).str();
}
std::string product(const char* a, const char* b) {
  return Numeric::multiply(Numeric::parse(a), Numeric::parse(b)).str();
}
std::string quotient(const char* a, const char* b) {
  return Numeric::divide(Numeric::parse(a), Numeric::parse(b)).str();
}

}  // namespace

TEST_CASE("a number keeps its decimals, and zero its place") {
  for (const char* text : {"0", "0.00", "12.50", "-0.001", "100000000000000000000000000000000000000000"}) {
    CHECK(Numeric::parse(text).str() == text);
  }
  CHECK(Numeric::parse("-0.0").str() == "0.0");
  CHECK(Numeric::parse("1.5e3").str() == "1500");
  CHECK(Numeric::parse("1.5e-3").str() == "0.0015");
  CHECK(Numeric::parse("1e+45").str() == "1" + std::string(45, '0'));
  CHECK(Numeric::parse("0").negated().str() == "0");
}

TEST_CASE("sums have the decimals of the finer one, and signs cancel") {
  CHECK(sum("1.5", "2.25") == "3.75");
  CHECK(sum("1", "-1.00") == "0.00");
  CHECK(sum("-2", "0.5") == "-1.5");
  CHECK(sum("2", "-3") == "-1");
  CHECK(sum("0.0", "7") == "7.0");
  CHECK(sum("99999999999999999999999999999999999999999", "1") == "1" + std::string(41, '0'));
}

TEST_CASE("products have the decimals of both") {
  CHECK(product("1.50", "2.00") == "3.0000");
  CHECK(product("-3", "0.0") == "0.0");
  CHECK(product("-3", "-4") == "12");
}

TEST_CASE("quotients have 16 significant digits at least, and round half away from zero") {
  CHECK(quotient("1", "3") == "0.33333333333333333333");
  CHECK(quotient("2", "3") == "0.66666666666666666667");
  CHECK(quotient("-2", "3") == "-0.66666666666666666667");
  CHECK(quotient("10", "4") == "2.5000000000000000");
  CHECK(quotient("0", "4") == "0.00000000000000000000");
  CHECK(quotient("1", "10000000000") == "0.0000000001000000000000000000");
}

}  // namespace tallymill
