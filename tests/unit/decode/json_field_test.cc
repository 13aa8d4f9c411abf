// Which value becomes which field: types, null, missing, defaults, and what nobody asked for.

#include <string>

#include "support/catch.h"
#include "unit/decode/reading.h"

namespace tallymill {
namespace {

TEST_CASE("a value of another type is a dead letter that names the field") {
  CHECK(of(Type::string, "true") == "wrong_type");
  CHECK(of(Type::string, "[]") == "wrong_type");
  CHECK(of(Type::string, "{}") == "wrong_type");
  CHECK(of(Type::int64, "true") == "wrong_type");
  CHECK(of(Type::int64, "[1]") == "wrong_type");
  CHECK(of(Type::int64, R"({"k": 1})") == "wrong_type");
  CHECK(of(Type::decimal, "false") == "wrong_type");
  CHECK(of(Type::float64, "true") == "wrong_type");
  CHECK(of(Type::boolean, R"("true")") == "wrong_type");
  CHECK(of(Type::timestamp, "true") == "wrong_type");

  Reading reading({a_field({"user", "id"}, Type::int64)});
  CHECK(reading.fate(R"({"user": {"id": "x"}})") == "wrong_type");
  CHECK(reading.message() == "field user.id is not a whole number");
}

TEST_CASE("true and false are read as a bool") {
  CHECK(of(Type::boolean, "true") == "true");
  CHECK(of(Type::boolean, "false") == "false");
}

TEST_CASE("a missing field and a null one are dead letters of their own") {
  CHECK(of(Type::int64, "null") == "null_field");
  Reading reading({a_field({"k"}, Type::int64)});
  CHECK(reading.fate("{}") == "missing_field");
  CHECK(reading.message() == "field k is missing");
  CHECK(reading.fate(R"({"k": null})") == "null_field");
  CHECK(reading.message() == "field k is null");
}

TEST_CASE("an optional field may be missing or null, and the two are told apart") {
  Reading reading({optional(a_field({"k"}, Type::string))});
  REQUIRE(reading.fate("{}").empty());
  CHECK(shown(reading.at(0)) == "missing");
  REQUIRE(reading.fate(R"({"k": null})").empty());
  CHECK(shown(reading.at(0)) == "null");
  REQUIRE(reading.fate(R"({"k": ""})").empty());
  CHECK(shown(reading.at(0)) == "string ");
  CHECK(reading.fate(R"({"k": 1})") == "wrong_type");
}

TEST_CASE("a default stands in for a missing field, never for a null one or a bad one") {
  Reading reading({with_default(a_field({"cost"}, Type::decimal), "0.50"),
                   with_default(optional(a_field({"kind"}, Type::string)), "view")});
  REQUIRE(reading.fate("{}").empty());
  CHECK(shown(reading.at(0)) == "decimal 0.50");
  CHECK(shown(reading.at(1)) == "string view");
  REQUIRE(reading.fate(R"({"cost": 2, "kind": null})").empty());
  CHECK(shown(reading.at(0)) == "decimal 2");
  CHECK(shown(reading.at(1)) == "null");
  CHECK(reading.fate(R"({"cost": null})") == "null_field");
  CHECK(reading.fate(R"({"cost": "cheap"})") == "wrong_type");
}

TEST_CASE("every type takes a default") {
  Reading reading({with_default(a_field({"b"}, Type::boolean), "true"),
                   with_default(a_field({"i"}, Type::int64), "-7"),
                   with_default(a_field({"s"}, Type::string), ""),
                   with_default(a_field({"t"}, Type::timestamp), "1969-12-31T23:59:59Z"),
                   with_default(in_unit(a_field({"u"}, Type::timestamp), TimeUnit::seconds), "-1"),
                   with_default(a_field({"f"}, Type::float64), "2.5")});
  REQUIRE(reading.fate("{}").empty());
  CHECK(shown(reading.at(0)) == "true");
  CHECK(shown(reading.at(1)) == "int -7");
  CHECK(shown(reading.at(2)) == "string ");
  CHECK(shown(reading.at(3)) == "timestamp 1969-12-31T23:59:59Z");
  CHECK(shown(reading.at(4)) == "timestamp 1969-12-31T23:59:59Z");
  CHECK(reading.at(5).float64() == 2.5);
}

TEST_CASE("values stand in the order of the fields, not of the document") {
  Reading reading({a_field({"a"}, Type::int64), a_field({"b"}, Type::int64), a_field({"c"}, Type::int64)});
  for (const char* document : {R"({"a": 1, "b": 2, "c": 3})", R"({"c": 3, "b": 2, "a": 1})",
                               R"({"b": 2, "x": 9, "c": 3, "y": {"a": 8}, "a": 1})"}) {
    INFO(document);
    REQUIRE(reading.fate(document).empty());
    CHECK(shown(reading.at(0)) == "int 1");
    CHECK(shown(reading.at(1)) == "int 2");
    CHECK(shown(reading.at(2)) == "int 3");
  }
}

TEST_CASE("a field of an object is found only in that object") {
  Reading reading({optional(a_field({"user", "id"}, Type::string)),
                   optional(a_field({"user", "home", "city"}, Type::string)),
                   optional(a_field({"id"}, Type::string))});
  REQUIRE(reading.fate(R"({"user": {"home": {"city": "Ulm", "id": "z"}, "id": "a"}, "city": "x", "id": "b"})")
              .empty());
  CHECK(shown(reading.at(0)) == "string a");
  CHECK(shown(reading.at(1)) == "string Ulm");
  CHECK(shown(reading.at(2)) == "string b");
  REQUIRE(reading.fate(R"({"user.id": "a", "home": {"city": "Ulm"}})").empty());
  for (std::size_t i = 0; i < 3; ++i) CHECK(shown(reading.at(i)) == "missing");
}

TEST_CASE("a field is missing where the object on its way is no object") {
  Reading reading({optional(a_field({"user", "id"}, Type::string))});
  for (const char* document : {R"({"user": null})", R"({"user": "a"})", R"({"user": [{"id": "a"}]})",
                               R"({"user": 1})", R"({"user": {}})"}) {
    INFO(document);
    REQUIRE(reading.fate(document).empty());
    CHECK(shown(reading.at(0)) == "missing");
  }
}

TEST_CASE("two fields of one object, and one field beside the object's own, are all read") {
  Reading reading({optional(a_field({"a"}, Type::string)), optional(a_field({"a", "x"}, Type::int64)),
                   optional(a_field({"a", "y"}, Type::int64))});
  REQUIRE(reading.fate(R"({"a": "text"})").empty());
  CHECK(shown(reading.at(0)) == "string text");
  CHECK(reading.fate(R"({"a": {"x": 1, "y": 2}})") == "wrong_type");
}

TEST_CASE("what no expression needs is neither converted nor judged") {
  Reading reading({a_field({"k"}, Type::int64)});
  REQUIRE(reading.fate(R"({"text": "\u0000", "big": 18446744073709551615, "null": null, "list": [1, "a", {}],
                          "object": {"k": "not a number", "k": null}, "k": 5, "time": "yesterday"})")
              .empty());
  CHECK(shown(reading.at(0)) == "int 5");
}

TEST_CASE("a pipeline that needs no field still judges the document") {
  Reading reading({});
  CHECK(reading.fate("{}").empty());
  CHECK(reading.fate(R"({"a": [1, 2.5, "x"]})").empty());
  CHECK(reading.fate("{") == "bad_json");
  CHECK(reading.fate(R"({"a": 1, "a": 2})") == "duplicate_key");
}

TEST_CASE("the first bad field is the one that is named") {
  Reading reading({a_field({"a"}, Type::int64), a_field({"b"}, Type::int64)});
  CHECK(reading.fate(R"({"b": true, "a": true})") == "wrong_type");
  CHECK(reading.message() == "field b is true or false");
  CHECK(reading.fate("{}") == "missing_field");
  CHECK(reading.message() == "field a is missing");
}

}  // namespace
}  // namespace tallymill
