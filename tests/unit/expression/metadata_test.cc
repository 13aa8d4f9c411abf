#include <string>

#include "bench.h"
#include "support/catch.h"

namespace tallymill::expression {
namespace {

TEST_CASE("a record's metadata are values like any other") {
  Bench bench;
  bench.record().key = "k1";
  CHECK(bench.run("_topic") == "\"events\"");
  CHECK(bench.run("_partition + 1") == "int 8");
  CHECK(bench.run("_offset") == "int 41");
  CHECK(bench.run("_timestamp == timestamp(\"2026-01-01T00:00:00Z\")") == "true");
  CHECK(bench.run("_key") == "\"k1\"");
}

TEST_CASE("an offset beyond 64 bits is an error and not another offset") {
  Bench bench;
  bench.record().offset = Offset(static_cast<int128>(1) << 64);
  CHECK(bench.outcome("_offset") == "reject overflow");
}

TEST_CASE("a record without a key has a null one") {
  CHECK(Bench().run("_key") == "null");
  CHECK(Bench().run("_key == null") == "true");
  CHECK(Bench().run("coalesce(_key, \"none\")") == "\"none\"");
}

TEST_CASE("of several headers of one name the last one counts") {
  Bench bench;
  bench.header("trace", "a").header("other", "x").header("trace", "b").header("empty", "");
  bench.header("null", std::nullopt);
  CHECK(bench.run("_headers[\"trace\"]") == "\"b\"");
  CHECK(bench.run("_headers.other") == "\"x\"");
  CHECK(bench.run("_headers[\"empty\"]") == "\"\"");
  CHECK(bench.run("_headers[\"null\"]") == "null");
  CHECK(bench.run("_headers[\"none\"]") == "missing");
  CHECK(bench.run("has(_headers[\"none\"])") == "false");
  CHECK(bench.run("has(_headers[\"null\"])") == "true");
}

TEST_CASE("a source without headers has none of any name") {
  Bench bench;
  bench.record().headers = nullptr;
  CHECK(bench.run("_headers[\"a\"]") == "missing");
}

TEST_CASE("bytes that are no text are the record's error, but only if an expression uses them") {
  Bench bench;
  bench.record().key = "\xFF";
  bench.header("bad", "a\xC3").header("surrogate", "\xED\xA0\x80").header("overlong", "\xC0\x80");
  bench.header("nul", std::string_view("a\0b", 3)).header("good", "\xF0\x9F\x98\x80");
  CHECK(bench.run("_key") == "reject bad_utf8: where of stats: the record's key is not UTF-8");
  CHECK(bench.outcome("_headers.bad") == "reject bad_utf8");
  CHECK(bench.outcome("_headers.surrogate") == "reject bad_utf8");
  CHECK(bench.outcome("_headers.overlong") == "reject bad_utf8");
  CHECK(bench.run("_headers.nul") ==
        "reject nul_character: where of stats: the header nul holds a NUL character");
  CHECK(bench.run("size(_headers.good)") == "int 1");
}

TEST_CASE("metadata are written as they are documented") {
  CHECK(Bench().run("_headers") == "1: a header is written _headers[\"name\"]");
  CHECK(Bench().run("_topic.x") == "8: _topic is a string, it has no parts");
  CHECK(Bench().run("_ofset == 1") == "1: there is no metadata _ofset, did you mean _offset? A "
                                      "field of this name is written `_ofset`");
  CHECK(Bench().undeclared("_id", Value::of(std::string_view("x"))).run("_id") == "\"x\"");
  CHECK(Bench().undeclared("`_topic`", Value::of(std::string_view("x"))).run("`_topic`") ==
        "\"x\"");
}

}  // namespace
}  // namespace tallymill::expression
