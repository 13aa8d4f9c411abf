// Timestamps: one declared form, the years 1 to 9999, never a guess.

#include <string>

#include "support/catch.h"
#include "unit/decode/reading.h"

namespace tallymill {
namespace {

Field text_time() { return a_field({"k"}, Type::timestamp); }
Field number_time(TimeUnit unit) { return in_unit(text_time(), unit); }

TEST_CASE("a timestamp without a unit is RFC 3339 text") {
  CHECK(of(text_time(), R"("2026-01-01T00:00:00.123Z")") == "timestamp 2026-01-01T00:00:00.123Z");
  CHECK(of(text_time(), R"("2026-01-01T02:00:00+02:00")") == "timestamp 2026-01-01T00:00:00Z");
  CHECK(of(undeclared(text_time()), R"("2026-01-01T00:00:00Z")") == "timestamp 2026-01-01T00:00:00Z");
}

TEST_CASE("a time without a zone is one of UTC, and a space may stand for the T") {
  CHECK(of(text_time(), R"("2026-01-01T00:00:00")") == "timestamp 2026-01-01T00:00:00Z");
  CHECK(of(text_time(), R"("2026-01-01 00:00:00-01:00")") == "timestamp 2026-01-01T01:00:00Z");
}

TEST_CASE("text that is no time is a dead letter of its own reason") {
  for (const char* text : {R"("yesterday")", R"("")", R"("2026-02-30T00:00:00Z")", R"("2026-01-01")",
                           R"("1767225600")", R"("2026-01-01T00:00:00 Europe/Berlin")",
                           R"("2026-01-01T24:00:00Z")", R"("0000-01-01T00:00:00Z")",
                           R"("10000-01-01T00:00:00Z")", R"(" 2026-01-01T00:00:00Z")"}) {
    INFO(text);
    CHECK(of(text_time(), text) == "bad_timestamp");
  }
}

TEST_CASE("a number without a declared unit is a dead letter, not a guess between seconds and milliseconds") {
  CHECK(of(text_time(), "1767225600") == "bad_timestamp");
  CHECK(of(text_time(), "1767225600000") == "bad_timestamp");
  CHECK(of(text_time(), "1767225600.5") == "bad_timestamp");
}

TEST_CASE("a number counts in the declared unit") {
  CHECK(of(number_time(TimeUnit::seconds), "1767225600") == "timestamp 2026-01-01T00:00:00Z");
  CHECK(of(number_time(TimeUnit::milliseconds), "1767225600123") == "timestamp 2026-01-01T00:00:00.123Z");
  CHECK(of(number_time(TimeUnit::microseconds), "1767225600123456") ==
        "timestamp 2026-01-01T00:00:00.123456Z");
  CHECK(of(number_time(TimeUnit::nanoseconds), "1767225600123456999") ==
        "timestamp 2026-01-01T00:00:00.123456Z");
  CHECK(of(number_time(TimeUnit::milliseconds), R"("1767225600123")") ==
        "timestamp 2026-01-01T00:00:00.123Z");
}

TEST_CASE("a number before 1970 is floored, not cut toward zero") {
  CHECK(of(number_time(TimeUnit::milliseconds), "-1") == "timestamp 1969-12-31T23:59:59.999Z");
  CHECK(of(number_time(TimeUnit::nanoseconds), "-1") == "timestamp 1969-12-31T23:59:59.999999Z");
}

TEST_CASE("a time outside of the years 1 to 9999 is a dead letter") {
  CHECK(of(number_time(TimeUnit::seconds), "-62135596800") == "timestamp 0001-01-01T00:00:00Z");
  CHECK(of(number_time(TimeUnit::seconds), "253402300799") == "timestamp 9999-12-31T23:59:59Z");
  for (const char* number : {"-62135596801", "253402300800", "9223372036854775807", "-9223372036854775808",
                             "18446744073709551615", "9223372036854775808"}) {
    INFO(number);
    CHECK(of(number_time(TimeUnit::seconds), number) == "out_of_range");
  }
  // Milliseconds where seconds are declared, and the other way round: the year 57970 is noticed.
  CHECK(of(number_time(TimeUnit::seconds), "1767225600000") == "out_of_range");
  CHECK(of(number_time(TimeUnit::seconds), R"("99999999999999999999")") == "out_of_range");
}

TEST_CASE("a fraction, text and nothing are dead letters where a number is declared") {
  CHECK(of(number_time(TimeUnit::seconds), "1767225600.5") == "wrong_type");
  CHECK(of(number_time(TimeUnit::seconds), "1e9") == "wrong_type");
  CHECK(of(number_time(TimeUnit::seconds), R"("2026-01-01T00:00:00Z")") == "bad_timestamp");
  CHECK(of(number_time(TimeUnit::seconds), R"("")") == "bad_timestamp");
  CHECK(of(number_time(TimeUnit::seconds), "null") == "null_field");
  CHECK(of(number_time(TimeUnit::seconds), "true") == "wrong_type");
}

}  // namespace
}  // namespace tallymill
