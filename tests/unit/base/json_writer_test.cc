#include "base/json_writer.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

#include "support/catch.h"

namespace tallymill {
namespace {

std::string quoted(std::string_view text) { return JsonWriter().string(text).text(); }
std::string number(double value) { return JsonWriter().number(value).text(); }

TEST_CASE("commas stand between and never before or behind") {
  JsonWriter json;
  json.begin_object();
  json.key("a").number(std::int64_t{1});
  json.key("b").begin_array().string("x").null().boolean(true).boolean(false).end_array();
  json.key("c").begin_object().end_object();
  json.key("d").begin_array().begin_array().end_array().begin_object().key("e").null().end_object().end_array();
  json.key("f").raw_number("123456789012345678901234567890.5");
  json.end_object();
  CHECK(json.text() == R"({"a":1,"b":["x",null,true,false],"c":{},"d":[[],{"e":null}],)"
                       R"("f":123456789012345678901234567890.5})");
}

TEST_CASE("JSON over several lines is the same JSON") {
  JsonWriter json;
  json.begin_object().key("a{").string("x\\\",[{").key("b").begin_array().number(std::int64_t{1}).begin_object();
  json.key("c").null().end_object().end_array().key("d").begin_array().end_array().end_object();
  CHECK(indented(json.text()) == R"({
  "a{": "x\\\",[{",
  "b": [
    1,
    {
      "c": null
    }
  ],
  "d": []
}
)");
}

TEST_CASE("quotes, backslashes and control characters are escaped, in keys too") {
  CHECK(quoted("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(quoted("\n\r\t\b\f\x1b\x1f") == R"("\u000a\u000d\u0009\u0008\u000c\u001b\u001f")");
  CHECK(quoted(std::string_view("a\0b", 3)) == R"("a\u0000b")");
  CHECK(quoted("") == R"("")");
  CHECK(JsonWriter().begin_object().key("a\"\n").null().end_object().text() == R"({"a\"\u000a":null})");
}

TEST_CASE("UTF-8 of every length stays as it is") {
  for (const char* text : {"\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "a\xC3\xA9z"}) {
    CHECK(quoted(text) == "\"" + std::string(text) + "\"");
  }
}

TEST_CASE("each byte that is no UTF-8 is replaced, and what follows is kept") {
  CHECK(quoted("a\xFFz") == R"("a\ufffdz")");
  CHECK(quoted("\x80z") == R"("\ufffdz")");
  CHECK(quoted("\xC3") == R"("\ufffd")");
  CHECK(quoted("\xC3z") == R"("\ufffdz")");
  CHECK(quoted("\xC3\"") == R"("\ufffd\"")");
  CHECK(quoted("\xC0\xAF") == R"("\ufffd\ufffd")");
  CHECK(quoted("\xC1\xBF") == R"("\ufffd\ufffd")");
  CHECK(quoted("\xE0\x9F\xBF") == R"("\ufffd\ufffd\ufffd")");
  CHECK(quoted("\xED\xA0\x80") == R"("\ufffd\ufffd\ufffd")");
  CHECK(quoted("\xE2\x82") == R"("\ufffd\ufffd")");
  CHECK(quoted("\xF0\x8F\xBF\xBF") == R"("\ufffd\ufffd\ufffd\ufffd")");
  CHECK(quoted("\xF4\x90\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")");
  CHECK(quoted("\xF5\x80\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")");
  CHECK(quoted("\xFF\xC3\xA9") == "\"\\ufffd\xC3\xA9\"");
}

TEST_CASE("whatever the bytes, the text between the quotes holds no quote and no control character") {
  std::mt19937_64 random(71);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes;
    for (std::size_t left = random() % 40; left > 0; --left) bytes += static_cast<char>(random());
    const std::string text = quoted(bytes);
    REQUIRE(text.size() >= 2);
    for (std::size_t at = 1; at + 1 < text.size(); ++at) {
      const auto byte = static_cast<unsigned char>(text[at]);
      REQUIRE(byte >= 0x20);
      REQUIRE(byte != '"');
      if (byte == '\\') ++at;
    }
    REQUIRE(text.back() == '"');
  }
}

TEST_CASE("whole numbers are written over all 64 bits") {
  JsonWriter json;
  json.begin_array().number(std::numeric_limits<std::int64_t>::min()).number(std::numeric_limits<std::int64_t>::max());
  CHECK(json.end_array().text() == "[-9223372036854775808,9223372036854775807]");
}

TEST_CASE("a double is read back as itself, and what is no number is null") {
  for (const double value : {0.0, -0.0, 0.1, 1.0 / 3, -2.5, 1e300, 5e-324, 1.7976931348623157e308}) {
    CHECK(std::strtod(number(value).c_str(), nullptr) == value);
  }
  CHECK(number(2.5) == "2.5");
  CHECK(number(std::nan("")) == "null");
  CHECK(number(std::numeric_limits<double>::infinity()) == "null");
  CHECK(number(-std::numeric_limits<double>::infinity()) == "null");
}

}  // namespace
}  // namespace tallymill
