// Which documents are records at all.

#include <string>

#include "support/catch.h"
#include "unit/decode/reading.h"

namespace tallymill {
namespace {

using namespace std::string_literals;

Reading one_string() { return Reading({a_field({"k"}, Type::string)}); }

std::string nested(std::size_t levels, const std::string& innermost = "1") {
  // The document itself is the first level.
  return R"({"k": "v", "deep": )" + std::string(levels - 1, '[') + innermost +
         std::string(levels - 1, ']') + "}";
}

TEST_CASE("an empty value is a dead letter, and so is one of white space") {
  Reading reading = one_string();
  CHECK(reading.fate("") == "bad_json");
  CHECK(reading.message() == "the document is empty");
  CHECK(reading.fate(" \t\r\n ") == "bad_json");
}

TEST_CASE("a byte order mark in front of the object is a dead letter") {
  Reading reading = one_string();
  CHECK(reading.fate("\xEF\xBB\xBF{\"k\": \"v\"}") == "bad_json");
  CHECK(reading.message() == "the document starts with a byte order mark");
  CHECK(reading.fate("\xFF\xFE{\0"s) == "bad_utf8");
}

TEST_CASE("white space around the object changes nothing") {
  Reading reading = one_string();
  REQUIRE(reading.fate("\r\n\t {\"k\": \"v\"} \n").empty());
  CHECK(shown(reading.at(0)) == "string v");
}

TEST_CASE("a root that is no object is a dead letter") {
  Reading reading = one_string();
  for (const char* document : {"[]", R"([{"k": "v"}])", R"("k")", "1", "1.5", "true", "null",
                               "18446744073709551615"}) {
    INFO(document);
    CHECK(reading.fate(document) == "not_an_object");
  }
}

TEST_CASE("junk behind the field that is read is a dead letter") {
  Reading reading = one_string();
  for (const char* document :
       {R"({"k": "v"} x)", R"({"k": "v"}{"k": "w"})", "{\"k\": \"v\"}\n{\"k\": \"w\"}", R"({"k": "v"},)",
        R"({"k": "v",})", R"({"k": "v"]})", R"({"k": "v")", R"({"k": "v", "other": })",
        R"({"k": "v", "other": nul})", R"({"k": "v" "other": 1})", R"({"k": "v", other: 1})",
        R"({"k": "v"} // comment)", R"({"k": "v" /* comment */})", R"({'k': 'v'})", R"({"k" = "v"})",
        R"({"k": "v", "other": [1, 2,]})", R"({"k": "v", "other": "open)"}) {
    INFO(document);
    CHECK(reading.fate(document) == "bad_json");
  }
  CHECK(reading.fate("{\"k\": \"v\"}\0"s) == "bad_json");
}

TEST_CASE("compressed bytes are a dead letter") {
  Reading reading = one_string();
  CHECK(reading.fate("\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03\xAB\x56\xCA\x06\x00"s) == "bad_utf8");
}

TEST_CASE("bytes that are no UTF-8 are a dead letter, also where nobody reads") {
  Reading reading = one_string();
  const std::string broken[] = {"\xFF",                 // Never a byte of UTF-8.
                                "\x80",                 // A continuation of nothing.
                                "\xC3",                 // Cut off.
                                "\xC0\xAF",             // A slash in two bytes.
                                "\xE0\x80\xAF",         // A slash in three.
                                "\xED\xA0\x80",         // A surrogate.
                                "\xF4\x90\x80\x80",     // Above U+10FFFF.
                                "\xF8\x88\x80\x80\x80"};
  for (const std::string& bytes : broken) {
    INFO("byte " << static_cast<int>(static_cast<unsigned char>(bytes[0])));
    CHECK(reading.fate("{\"k\": \"" + bytes + "\"}") == "bad_utf8");
    CHECK(reading.fate("{\"k\": \"v\", \"other\": \"" + bytes + "\"}") == "bad_utf8");
    CHECK(reading.fate("{\"k\": \"v\", \"" + bytes + "\": 1}") == "bad_utf8");
  }
}

TEST_CASE("nesting of 64 levels is read, one more is a dead letter, also where nobody reads") {
  Reading reading = one_string();
  CHECK(reading.fate(nested(64)).empty());
  CHECK(reading.fate(nested(65)) == "too_deep");
  CHECK(reading.fate(nested(2000)) == "too_deep");
  std::string objects = R"({"k": "v", "deep": )";
  for (int i = 0; i < 64; ++i) objects += R"({"k":)";
  CHECK(reading.fate(objects + "1" + std::string(65, '}')) == "too_deep");
  // What holds nothing is no level of its own.
  CHECK(reading.fate(nested(64, "[]")).empty());
  CHECK(reading.fate(nested(64, "{}")).empty());
  CHECK(reading.fate(nested(64, "[[]]")) == "too_deep");
  // Large documents make the parser take more room; the bound stays.
  const std::string padding(100000, ' ');
  CHECK(reading.fate(nested(64) + padding).empty());
  CHECK(reading.fate(nested(65) + padding) == "too_deep");
}

TEST_CASE("a key that stands twice is a dead letter, whether it is read or not") {
  Reading reading = one_string();
  CHECK(reading.fate(R"({"k": "v", "k": "w"})") == "duplicate_key");
  CHECK(reading.fate(R"({"k": "v", "k": "v"})") == "duplicate_key");
  CHECK(reading.fate(R"({"k": "v", "other": 1, "other": 1})") == "duplicate_key");
  CHECK(reading.fate(R"({"k": "v", "": 1, "": 2})") == "duplicate_key");
}

TEST_CASE("a key that stands twice is noticed through its escapes") {
  Reading reading = one_string();
  CHECK(reading.fate(R"({"k": "v", "\u006b": "w"})") == "duplicate_key");
  CHECK(reading.fate(R"({"k": "v", "K": "w"})").empty());
}

TEST_CASE("a key that stands twice among thousands is noticed, and none is seen where there is none") {
  Reading reading = one_string();
  std::string document = R"({"k": "v")";
  for (int i = 0; i < 10000; ++i) document += ", \"field" + std::to_string(i) + "\": " + std::to_string(i);
  REQUIRE(reading.fate(document + "}").empty());
  CHECK(shown(reading.at(0)) == "string v");
  CHECK(reading.fate(document + ", \"field0\": 1}") == "duplicate_key");
  CHECK(reading.fate(document + ", \"k\": 1}") != "");
  // On both sides of where pairs give way to sorting.
  for (int keys = 2; keys < 40; ++keys) {
    std::string few = R"({"k": "v")";
    for (int i = 0; i < keys; ++i) few += ", \"f" + std::to_string(i) + "\": 1";
    INFO(keys);
    REQUIRE(reading.fate(few + "}").empty());
    REQUIRE(reading.fate(few + ", \"f" + std::to_string(keys - 1) + "\": 1}") == "duplicate_key");
  }
}

TEST_CASE("a key that stands twice in an object on the way to a field is a dead letter") {
  Reading reading({a_field({"user", "id"}, Type::string)});
  CHECK(reading.fate(R"({"user": {"id": "a", "id": "b"}})") == "duplicate_key");
  CHECK(reading.fate(R"({"user": {"id": "a", "x": 1, "x": 2}})") == "duplicate_key");
  CHECK(reading.fate(R"({"user": {"id": "a"}, "user": {"id": "b"}})") == "duplicate_key");
  REQUIRE(reading.fate(R"({"id": "c", "user": {"id": "a"}})").empty());
  CHECK(shown(reading.at(0)) == "string a");
}

TEST_CASE("a key that stands twice in an object that nobody looks into changes nothing") {
  Reading reading = one_string();
  CHECK(reading.fate(R"({"k": "v", "other": {"x": 1, "x": 2}, "list": [{"k": 1, "k": 2}]})").empty());
}

TEST_CASE("a document of 10 MB is read like any other") {
  Reading reading({a_field({"big"}, Type::string), a_field({"k"}, Type::int64)});
  const std::string big(10 << 20, 'x');
  REQUIRE(reading.fate("{\"big\": \"" + big + "\", \"k\": 7}").empty());
  CHECK(reading.at(0).string() == big);
  CHECK(shown(reading.at(1)) == "int 7");
  REQUIRE(reading.fate(R"({"big": "small", "k": 8})").empty());
  CHECK(shown(reading.at(0)) == "string small");
  CHECK(reading.fate("{\"big\": \"" + big + "\", \"k\": 7") == "bad_json");
}

TEST_CASE("a document of 16 MiB is read, one byte more is a dead letter") {
  Reading reading = one_string();
  std::string document = R"({"k": "v"})";
  document.resize(std::size_t{16} << 20, ' ');
  CHECK(reading.fate(document).empty());
  CHECK(reading.fate(document + " ") == "too_large");
}

TEST_CASE("documents of all sizes in any order are read alike") {
  Reading reading = one_string();
  for (const std::size_t size : {0U, 5000U, 1U, 100000U, 31U, 32U, 33U, 63U, 64U, 65U, 4095U, 4096U}) {
    const std::string text(size, 'y');
    REQUIRE(reading.fate("{\"k\": \"" + text + "\"}").empty());
    CHECK(reading.at(0).string() == text);
  }
}

TEST_CASE("a refused document leaves nothing behind for the next one") {
  Reading reading({a_field({"a"}, Type::int64), optional(a_field({"b", "c"}, Type::int64))});
  CHECK(reading.fate(R"({"a": 1, "b": {"c": "text"}})") == "wrong_type");
  CHECK(reading.fate(R"({"a": 1, "b": {"c": 2, "c": 3}})") == "duplicate_key");
  REQUIRE(reading.fate(R"({"a": 4})").empty());
  CHECK(shown(reading.at(0)) == "int 4");
  CHECK(shown(reading.at(1)) == "missing");
}

TEST_CASE("no message shows a value of the document") {
  Reading reading({a_field({"k"}, Type::int64)});
  for (const char* document :
       {R"({"k": "hunter2"})", R"({"k": 1, "hunter2": 1, "hunter2": 2})", R"({"k": 1} hunter2)",
        R"({"k": "hunter2\u0000"})", R"(["hunter2"])", "{\"k\": \"hunter2\xFF\"}"}) {
    INFO(document);
    REQUIRE_FALSE(reading.fate(document).empty());
    CHECK_FALSE(reading.message().empty());
    CHECK(reading.message().find("hunter2") == std::string::npos);
  }
}

}  // namespace
}  // namespace tallymill
