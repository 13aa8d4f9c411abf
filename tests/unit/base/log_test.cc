#include "base/log.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "unit/base/captured_log.h"

namespace tallymill {
namespace {

// The one line that was logged, behind its time.
std::string text_line(std::initializer_list<LogField> fields) {
  configure_log(LogLevel::info, LogFormat::text);
  Captured captured;
  log_warn("a sentence", fields);
  const auto lines = captured.lines();
  REQUIRE(lines.size() == 1);
  REQUIRE(lines[0].size() > time_size);
  return lines[0].substr(time_size);
}

TEST_CASE("a line is a time, a level, a sentence and its fields") {
  CHECK(text_line({}) == "warn a sentence");
  CHECK(text_line({{"pipeline", "ads"}, {"batch", std::int64_t{-12}}}) == "warn a sentence pipeline=ads batch=-12");
}

TEST_CASE("a value that could be taken for something else stands in quotes") {
  CHECK(text_line({{"a", "two words"}}) == "warn a sentence a=\"two words\"");
  CHECK(text_line({{"a", ""}, {"b", "x"}}) == "warn a sentence a=\"\" b=x");
  CHECK(text_line({{"a", "b=c"}}) == "warn a sentence a=\"b=c\"");
  CHECK(text_line({{"a", "say \"hi\""}}) == "warn a sentence a=\"say \\\"hi\\\"\"");
  CHECK(text_line({{"a", "back\\slash"}}) == "warn a sentence a=\"back\\\\slash\"");
}

TEST_CASE("no value can start an entry of its own or speak to a terminal") {
  CHECK(text_line({{"a", "x\rerror"}}) == "warn a sentence a=\"x\\u000derror\"");
  CHECK(text_line({{"a", "x\tb"}}) == "warn a sentence a=\"x\\u0009b\"");
  CHECK(text_line({{"a", "\x1b[2J"}}) == "warn a sentence a=\"\\u001b[2J\"");
  CHECK(text_line({{"a", std::string_view("x\0y", 3)}}) == "warn a sentence a=\"x\\u0000y\"");
  CHECK(text_line({{"a", "x\v\f"}}) == "warn a sentence a=\"x\\u000b\\u000c\"");
}

TEST_CASE("a value of several lines stands below its line, as it is, and no line of it could be an entry") {
  configure_log(LogLevel::info, LogFormat::text);
  Captured captured;
  log_warn("not reloaded", {{"error", "a.yaml:1:9: error: wrong\n  k: \"v\\w\"\n        ^\n\nlast"},
                            {"path", "a.yaml"},
                            {"data", "x\n2026-01-01T00:00:00.000Z error forged\n\x1b[2J\xE9\r\n"}});
  const auto lines = captured.lines();
  REQUIRE(lines.size() == 11);
  CHECK(lines[0].substr(time_size) == "warn not reloaded path=a.yaml");
  CHECK(lines[1] == "  error:");
  CHECK(lines[2] == "  | a.yaml:1:9: error: wrong");
  CHECK(lines[3] == "  |   k: \"v\\w\"");
  CHECK(lines[4] == "  |         ^");
  CHECK(lines[5] == "  | ");
  CHECK(lines[6] == "  | last");
  CHECK(lines[7] == "  data:");
  CHECK(lines[8] == "  | x");
  CHECK(lines[9] == "  | 2026-01-01T00:00:00.000Z error forged");
  CHECK(lines[10] == "  | \\u001b[2J\\ufffd\\u000d");
}

TEST_CASE("a line is UTF-8 whatever a value holds") {
  CHECK(text_line({{"a", "caf\xC3\xA9"}}) == "warn a sentence a=\"caf\xC3\xA9\"");
  CHECK(text_line({{"a", "caf\xE9"}}) == "warn a sentence a=\"caf\\ufffd\"");
}

TEST_CASE("a value is not taken for a format") {
  CHECK(text_line({{"a", "{}%s%n{0}"}}) == "warn a sentence a={}%s%n{0}");
}

TEST_CASE("the time of a line is UTC to the millisecond") {
  configure_log(LogLevel::info, LogFormat::text);
  Captured captured;
  log_info("x");
  const auto lines = captured.lines();
  REQUIRE(lines.size() == 1);
  const std::string time = lines[0].substr(0, time_size);
  const std::string form = "dddd-dd-ddTdd:dd:dd.dddZ ";
  for (std::size_t i = 0; i < time_size; ++i) {
    const bool digit = time[i] >= '0' && time[i] <= '9';
    CHECK((form[i] == 'd' ? digit : time[i] == form[i]));
  }
}

TEST_CASE("lines below the level are not written, all others are, in their order") {
  configure_log(LogLevel::warn, LogFormat::text);
  Captured captured;
  log_debug("one");
  log_info("two");
  log_warn("three");
  log_error("four");
  configure_log(LogLevel::debug, LogFormat::text);
  log_debug("five");
  const auto lines = captured.lines();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].substr(time_size) == "warn three");
  CHECK(lines[1].substr(time_size) == "error four");
  CHECK(lines[2].substr(time_size) == "debug five");
}

TEST_CASE("a line is one JSON object if that is asked for") {
  configure_log(LogLevel::info, LogFormat::json);
  Captured captured;
  log_error("lost \"it\"", {{"a", "x\ny"}, {"n", std::int64_t{5}}});
  const auto lines = captured.lines();
  configure_log(LogLevel::info, LogFormat::text);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].starts_with("{\"time\":\"20"));
  CHECK(lines[0].find("Z\",\"level\":\"error\",\"message\":\"lost \\\"it\\\"\",\"a\":\"x\\u000ay\",\"n\":\"5\"}") ==
        std::string("{\"time\":\"2026-01-01T00:00:00.000").size());
}

TEST_CASE("a reader that stands still costs lines, which are counted, and never the caller's time") {
  configure_log(LogLevel::info, LogFormat::text);
  constexpr std::size_t sent = 30000;
  const std::uint64_t before = log_lines_dropped();
  Captured captured;
  for (std::size_t i = 0; i < sent; ++i) log_info("a line that nobody reads", {{"n", static_cast<std::int64_t>(i)}});
  const std::uint64_t dropped_early = log_lines_dropped() - before;
  CHECK(dropped_early > sent / 3);
  const auto lines = captured.lines();
  const std::uint64_t dropped = log_lines_dropped() - before;
  CHECK(lines.size() + dropped == sent);
  // The newest are kept.
  REQUIRE_FALSE(lines.empty());
  CHECK(lines.back().ends_with("n=" + std::to_string(sent - 1)));
}

}  // namespace
}  // namespace tallymill
