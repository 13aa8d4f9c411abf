#include "model/timestamp.h"

#include <chrono>
#include <limits>
#include <random>
#include <string>

#include "support/catch.h"

namespace tallymill {
namespace {

using std::chrono::microseconds;

std::string parsed(std::string_view text) {
  const auto time = parse_timestamp(text);
  return time ? to_string(*time) : "nothing";
}
std::string counted(std::int64_t number, TimeUnit unit) {
  const auto time = timestamp_from(number, unit);
  return time ? to_string(*time) : "nothing";
}

TEST_CASE("RFC 3339 text is read to the microsecond") {
  CHECK(parse_timestamp("1970-01-01T00:00:00Z")->microseconds() == 0);
  CHECK(parse_timestamp("2026-01-01T00:00:00.123Z")->microseconds() == 1767225600123000);
  CHECK(parse_timestamp("1969-12-31T23:59:59.999999Z")->microseconds() == -1);
  CHECK(parsed("2026-01-01T00:00:00.1Z") == "2026-01-01T00:00:00.1Z");
  CHECK(parsed("2026-01-01T00:00:00.000001Z") == "2026-01-01T00:00:00.000001Z");
  CHECK(parsed("2026-01-01t00:00:00z") == "2026-01-01T00:00:00Z");
  CHECK(parsed("2026-01-01 00:00:00Z") == "2026-01-01T00:00:00Z");
}

TEST_CASE("decimals behind the sixth are cut off, ten are none") {
  CHECK(parsed("2026-01-01T00:00:00.1234567Z") == "2026-01-01T00:00:00.123456Z");
  CHECK(parsed("2026-01-01T00:00:00.999999999Z") == "2026-01-01T00:00:00.999999Z");
  CHECK(parsed("1969-12-31T23:59:59.9999999Z") == "1969-12-31T23:59:59.999999Z");
  CHECK(parsed("2026-01-01T00:00:00.1234567890Z") == "nothing");
  CHECK(parsed("2026-01-01T00:00:00.Z") == "nothing");
}

TEST_CASE("an offset is taken off, also over midnight, New Year and leap days") {
  CHECK(parsed("2026-01-01T00:30:00+02:00") == "2025-12-31T22:30:00Z");
  CHECK(parsed("2025-12-31T23:30:00-05:45") == "2026-01-01T05:15:00Z");
  CHECK(parsed("2024-03-01T00:00:00+00:01") == "2024-02-29T23:59:00Z");
  CHECK(parsed("2026-01-01T00:00:00-00:00") == "2026-01-01T00:00:00Z");
  CHECK(parsed("2026-01-01T00:00:00+23:59") == "2025-12-31T00:01:00Z");
  for (const char* zone : {"+24:00", "+02:60", "+0200", "+02", "+2:00", "02:00", "+", "UTC", "Z0", "ZZ", " Z", "+-2:00",
                           " +02:00"}) {
    INFO(zone);
    CHECK(parsed("2026-01-01T00:00:00" + std::string(zone)) == "nothing");
  }
}

TEST_CASE("text without a zone is UTC, never local time") {
  CHECK(parsed("2026-07-01 12:00:00") == "2026-07-01T12:00:00Z");
  CHECK(parsed("2026-07-01T12:00:00.5") == "2026-07-01T12:00:00.5Z");
}

TEST_CASE("a time that does not exist is nothing") {
  for (const char* text :
       {"2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T23:60:00Z", "2026-01-01T23:59:61Z", "2026-01-01T23:59:99Z"}) {
    INFO(text);
    CHECK(parsed(text) == "nothing");
  }
  CHECK(parsed("2024-02-29T00:00:00Z") == "2024-02-29T00:00:00Z");
  CHECK(parsed("2000-02-29T00:00:00Z") == "2000-02-29T00:00:00Z");
}

TEST_CASE("a leap second is the second after it, where there can be one") {
  CHECK(parsed("2016-12-31T23:59:60Z") == "2017-01-01T00:00:00Z");
  CHECK(parsed("2016-12-31T23:59:60.5Z") == "2017-01-01T00:00:00.5Z");
  CHECK(parsed("2017-01-01T00:59:60+01:00") == "2017-01-01T00:00:00Z");
  CHECK(parsed("2016-12-31T18:59:60-05:00") == "2017-01-01T00:00:00Z");
  CHECK(parsed("2016-12-31T12:30:60Z") == "nothing");
  CHECK(parsed("2016-12-31T23:59:60+01:00") == "nothing");
}

TEST_CASE("text of any other form is nothing") {
  for (const char* text :
       {"", "2026", "2026-01-01", "2026-1-1T00:00:00Z", "26-01-01T00:00:00Z", "2026/01/01T00:00:00Z",
        "2026-01-01T00:00Z", "2026-01-01T0:00:00Z", "2026-01-01_00:00:00Z", "2026-01-01T00.00.00Z",
        "20260101T000000Z", " 2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z ", "+2026-01-01T00:00:00Z",
        "-001-01-01T00:00:00Z", "12026-01-01T00:00:00Z", "2026-01-01T00:00:00,5Z", "2026-01-01T-1:00:00Z",
        "2026-01-01T 1:00:00Z", "2026-01-01T00:00:+0Z", "now", "infinity", "2026-W01-1T00:00:00Z"}) {
    INFO(text);
    CHECK(parsed(text) == "nothing");
  }
  CHECK(parsed(std::string_view("2026-01-01T00:00:00Z\0", 21)) == "nothing");
}

TEST_CASE("the years 1 to 9999 are held to their last microsecond, also by way of an offset") {
  CHECK(parse_timestamp("0001-01-01T00:00:00Z") == Timestamp::min());
  CHECK(parse_timestamp("9999-12-31T23:59:59.999999Z") == Timestamp::max());
  CHECK(parsed("0000-12-31T23:59:59Z") == "nothing");
  CHECK(parsed("0001-01-01T00:00:00+00:01") == "nothing");
  CHECK(parsed("9999-12-31T23:59:59-00:01") == "nothing");
  CHECK(parsed("9999-12-31T23:59:60Z") == "nothing");
  CHECK(parsed("0000-12-31T23:00:00-02:00") == "0001-01-01T01:00:00Z");
}

TEST_CASE("a number becomes a time in its unit, floored to the microsecond") {
  CHECK(counted(0, TimeUnit::seconds) == "1970-01-01T00:00:00Z");
  CHECK(counted(-1, TimeUnit::seconds) == "1969-12-31T23:59:59Z");
  CHECK(counted(-1, TimeUnit::milliseconds) == "1969-12-31T23:59:59.999Z");
  CHECK(counted(-1, TimeUnit::microseconds) == "1969-12-31T23:59:59.999999Z");
  CHECK(counted(-1, TimeUnit::nanoseconds) == "1969-12-31T23:59:59.999999Z");
  CHECK(counted(-1000, TimeUnit::nanoseconds) == "1969-12-31T23:59:59.999999Z");
  CHECK(counted(-1001, TimeUnit::nanoseconds) == "1969-12-31T23:59:59.999998Z");
  CHECK(counted(1999, TimeUnit::nanoseconds) == "1970-01-01T00:00:00.000001Z");
}

TEST_CASE("a number beyond the edges is nothing in every unit, and never wraps around") {
  constexpr std::int64_t first = -62135596800;
  constexpr std::int64_t last = 253402300799;
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  CHECK(counted(first, TimeUnit::seconds) == "0001-01-01T00:00:00Z");
  CHECK(counted(first - 1, TimeUnit::seconds) == "nothing");
  CHECK(counted(last, TimeUnit::seconds) == "9999-12-31T23:59:59Z");
  CHECK(counted(last + 1, TimeUnit::seconds) == "nothing");
  CHECK(counted(first * 1000 - 1, TimeUnit::milliseconds) == "nothing");
  CHECK(counted(last * 1000 + 999, TimeUnit::milliseconds) == "9999-12-31T23:59:59.999Z");
  CHECK(counted(last * 1000 + 1000, TimeUnit::milliseconds) == "nothing");
  CHECK(counted(first * 1000000 - 1, TimeUnit::microseconds) == "nothing");
  CHECK(counted(last * 1000000 + 1000000, TimeUnit::microseconds) == "nothing");
  for (const TimeUnit unit : {TimeUnit::seconds, TimeUnit::milliseconds, TimeUnit::microseconds}) {
    CHECK(counted(most, unit) == "nothing");
    CHECK(counted(least, unit) == "nothing");
  }
  // Nanoseconds cannot reach them.
  CHECK(counted(most, TimeUnit::nanoseconds) == "2262-04-11T23:47:16.854775Z");
  CHECK(counted(least, TimeUnit::nanoseconds) == "1677-09-21T00:12:43.145224Z");
  // 2^64 microseconds in seconds, near which a product would wrap into range.
  CHECK(counted(18446744073709, TimeUnit::seconds) == "nothing");
}

TEST_CASE("every time is read back as it is printed") {
  std::mt19937_64 random(41);
  std::uniform_int_distribution<std::int64_t> any(Timestamp::min().microseconds(), Timestamp::max().microseconds());
  for (int i = 0; i < 20000; ++i) {
    std::int64_t number = any(random);
    if (i % 4 == 0) number -= number % 1000000;
    REQUIRE(parse_timestamp(to_string(Timestamp(number)))->microseconds() == number);
  }
  CHECK(to_string(Timestamp::min()) == "0001-01-01T00:00:00Z");
  CHECK(to_string(Timestamp::max()) == "9999-12-31T23:59:59.999999Z");
}

TEST_CASE("a window starts at or before its times, a whole number of widths from 1970") {
  std::mt19937_64 random(42);
  std::uniform_int_distribution<std::int64_t> any(Timestamp::min().microseconds(), Timestamp::max().microseconds());
  const std::int64_t widths[] = {1, 1000, 1000000, 10000000, 86400000000, 604800000000, 7000001};
  for (int i = 0; i < 5000; ++i) {
    const std::int64_t time = i % 2 == 0 ? any(random) : any(random) % 100000000;
    const std::int64_t width = widths[random() % 7];
    const std::int64_t start = window_start(Timestamp(time), microseconds(width)).microseconds();
    REQUIRE(start % width == 0);
    REQUIRE(start <= time);
    REQUIRE(time - start < width);
  }
}

TEST_CASE("a time before 1970 falls into the window that holds it, and a start into its own") {
  const auto start = [](std::string_view text, std::chrono::seconds width) {
    return to_string(window_start(*parse_timestamp(text), width));
  };
  CHECK(start("1969-12-31T23:59:59.999999Z", std::chrono::seconds(10)) == "1969-12-31T23:59:50Z");
  CHECK(start("1969-12-31T23:59:50Z", std::chrono::seconds(10)) == "1969-12-31T23:59:50Z");
  CHECK(start("1969-12-31T23:59:49.999999Z", std::chrono::seconds(10)) == "1969-12-31T23:59:40Z");
  CHECK(start("1970-01-01T00:00:00Z", std::chrono::seconds(10)) == "1970-01-01T00:00:00Z");
  CHECK(start("1970-01-01T00:00:09.999999Z", std::chrono::seconds(10)) == "1970-01-01T00:00:00Z");
  CHECK(start("2026-03-29T02:30:00+02:00", std::chrono::hours(1)) == "2026-03-29T00:00:00Z");
  CHECK(window_start(Timestamp::min(), std::chrono::hours(24)) == Timestamp::min());
}

}  // namespace
}  // namespace tallymill
