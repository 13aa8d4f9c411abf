// Strings: the identity of keys hangs on them.

#include <string>

#include "support/catch.h"
#include "unit/decode/reading.h"

namespace tallymill {
namespace {

TEST_CASE("a string is its characters, escapes undone") {
  CHECK(of(Type::string, R"("view")") == "string view");
  CHECK(of(Type::string, R"("")") == "string ");
  CHECK(of(Type::string, R"("a\"b\\c\/d\b\f\n\r\t")") == "string a\"b\\c/d\b\f\n\r\t");
  CHECK(of(Type::string, R"("\u0041\u00e9\u20ac")") == "string A\xC3\xA9\xE2\x82\xAC");
  CHECK(of(Type::string, R"("\ud83d\ude00")") == "string \xF0\x9F\x98\x80");
  CHECK(of(Type::string, "\"\xF0\x9F\x98\x80\"") == "string \xF0\x9F\x98\x80");
}

TEST_CASE("strings are neither trimmed nor folded nor normalised") {
  CHECK(of(Type::string, R"(" View ")") == "string  View ");
  CHECK(of(Type::string, R"("e\u0301")") != of(Type::string, R"("\u00e9")"));
  CHECK(of(Type::string, R"("\ufeff")") == "string \xEF\xBB\xBF");
}

TEST_CASE("a NUL character is a dead letter, because Postgres cannot hold it") {
  CHECK(of(Type::string, R"("\u0000")") == "nul_character");
  CHECK(of(Type::string, R"("a\u0000b")") == "nul_character");
  CHECK(of(Type::string, R"("a\u0001b")") == "string a\x01" "b");
  // A raw one, as any raw control character, is no JSON.
  CHECK(of(Type::string, std::string_view("\"a\0b\"", 5)) == "bad_json");
  CHECK(of(Type::string, "\"a\nb\"") == "bad_json");
}

TEST_CASE("a NUL character in a string that nobody reads changes nothing") {
  Reading reading({a_field({"k"}, Type::string)});
  REQUIRE(reading.fate(R"({"other": "\u0000", "k": "v", "\u0000": 1})").empty());
  CHECK(shown(reading.at(0)) == "string v");
}

TEST_CASE("a NUL character in a key does not cut the key short") {
  Reading reading({optional(a_field({"k"}, Type::string))});
  REQUIRE(reading.fate(R"({"k\u0000": "v"})").empty());
  CHECK(shown(reading.at(0)) == "missing");
}

TEST_CASE("half of a surrogate pair is a dead letter, never replaced, also where nobody reads") {
  for (const char* text : {R"("\ud800")", R"("\udc00")", R"("a\ud800b")", R"("\ud800\u0041")",
                           R"("\ud800\ud800")", R"("\udc00\ud800")", R"("\udfff")", R"("\ud83d")"}) {
    INFO(text);
    CHECK(of(Type::string, text) == "bad_json");
    Reading reading({a_field({"k"}, Type::string)});
    CHECK(reading.fate("{\"k\": \"v\", \"other\": " + std::string(text) + "}") == "bad_json");
  }
}

TEST_CASE("an escape that does not exist is a dead letter") {
  for (const char* text : {R"("\x41")", R"("\u12")", R"("\u12g4")", R"("\'")", R"("\U00000041")"}) {
    INFO(text);
    CHECK(of(Type::string, text) == "bad_json");
  }
}

TEST_CASE("a key that is spelled with escapes is the same key") {
  Reading reading({a_field({"k"}, Type::string), a_field({"user", "id"}, Type::string)});
  REQUIRE(reading.fate(R"({"\u006b": "v", "\u0075ser": {"i\u0064": "x"}})").empty());
  CHECK(shown(reading.at(0)) == "string v");
  CHECK(shown(reading.at(1)) == "string x");
}

TEST_CASE("keys are told apart by case, by white space, by every byte") {
  Reading reading({optional(a_field({"key"}, Type::string))});
  for (const char* document : {R"({"KEY": "v"})", R"({"Key": "v"})", R"({"key ": "v"})", R"({" key": "v"})",
                               R"({"ke": "v"})", R"({"keys": "v"})", R"({"": "v"})"}) {
    INFO(document);
    REQUIRE(reading.fate(document).empty());
    CHECK(shown(reading.at(0)) == "missing");
  }
}

TEST_CASE("a long string and one with 3 KB of escapes are read whole") {
  std::string escapes = "\"";
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    escapes += "\\u00e9";
    text += "\xC3\xA9";
  }
  CHECK(of(Type::string, escapes + "\"") == "string " + text);
  const std::string long_one(1 << 20, 'z');
  CHECK(of(Type::string, "\"" + long_one + "\"") == "string " + long_one);
}

}  // namespace
}  // namespace tallymill
