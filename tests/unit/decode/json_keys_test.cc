// A decoder remembers the keys of former records. Whatever it remembers, each record reads as it would alone.

#include <random>
#include <string>
#include <vector>

#include "support/catch.h"
#include "unit/decode/reading.h"

namespace tallymill {
namespace {

std::vector<Field> fields() {
  return {optional(a_field({"a"}, Type::int64)), optional(a_field({"b"}, Type::string)),
          optional(a_field({"in", "a"}, Type::int64)), optional(a_field({"in", "deep", "c"}, Type::string))};
}

// What became of a document: its dead letter's reason, or its values.
std::string outcome(Reading& reading, const std::string& document) {
  std::string text(reading.fate(document));
  if (!text.empty()) return text;
  for (std::size_t i = 0; i < fields().size(); ++i) text += shown(reading.at(i)) + ";";
  return text;
}
std::string alone(const std::string& document) {
  Reading reading(fields());
  return outcome(reading, document);
}

// Makes objects of few different keys, so that many are alike, many nearly so, and some have a key twice.
class Documents {
 public:
  std::string object(int depth = 0) {
    std::string text = "{";
    for (int left = pick(8); left > 0; --left) {
      if (text.size() > 1) text += ", ";
      text += member(depth);
    }
    return text + "}";
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  std::string member(int depth) {
    static const std::vector<std::string> keys{"a", "b", "in", "deep", "c", "\\u0061", "aa", "", "unread", "Unread"};
    const std::string key = keys[static_cast<std::size_t>(pick(static_cast<int>(keys.size())))];
    if (depth < 3 && (key == "in" || key == "deep")) return "\"" + key + "\": " + object(depth + 1);
    static const std::vector<std::string> values{"1", "\"2\"", "\"text\"", "null", "[]", "true"};
    return "\"" + key + "\": " + values[static_cast<std::size_t>(pick(static_cast<int>(values.size())))];
  }

  std::mt19937 random_{20260101};
};

TEST_CASE("a record reads as it would alone, whatever keys the records before it had") {
  Documents documents;
  std::vector<std::string> former{"{}"};
  Reading reading(fields());
  std::size_t refused = 0;
  for (int i = 0; i < 20000; ++i) {
    // Half of them were there before, so that what is remembered is met again, and cut short or gone beyond.
    std::string document = i % 2 == 0 ? documents.object() : former[static_cast<std::size_t>(i * 7) % former.size()];
    if (former.size() < 50) former.push_back(document);
    INFO(document);
    const std::string expected = alone(document);
    REQUIRE(outcome(reading, document) == expected);
    refused += expected.find(';') == std::string::npos ? 1 : 0;
  }
  CHECK(refused > 2000);
  CHECK(refused < 18000);
}

TEST_CASE("a key that stands twice is noticed behind keys that are remembered") {
  Reading reading(fields());
  const std::string known = R"({"a": 1, "x": 2, "b": "v", "y": 3)";
  for (int i = 0; i < 10; ++i) REQUIRE(reading.fate(known + "}").empty());
  for (const char* again : {R"("a": 4)", R"("x": 5)", R"("b": "w")", R"("y": 6)"}) {
    INFO(again);
    CHECK(reading.fate(known + ", " + again + "}") == "duplicate_key");
    CHECK(reading.fate(known + "}").empty());
  }
  CHECK(reading.fate(R"({"a": 1, "x": 2, "x": 2, "y": 3})") == "duplicate_key");
}

TEST_CASE("records of two kinds that alternate are read, each as what it is") {
  Reading reading(fields());
  for (int i = 0; i < 20; ++i) {
    REQUIRE(reading.fate(R"({"a": 1, "kind": "one", "in": {"a": 2}})").empty());
    CHECK(shown(reading.at(0)) == "int 1");
    CHECK(shown(reading.at(2)) == "int 2");
    REQUIRE(reading.fate(R"({"kind": "other", "in": {"x": 1, "a": 3}, "b": "v"})").empty());
    CHECK(reading.at(0).is(Type::missing));
    CHECK(shown(reading.at(1)) == "string v");
    CHECK(shown(reading.at(2)) == "int 3");
  }
}

TEST_CASE("records with more keys than anybody remembers are read") {
  Reading reading(fields());
  std::string document = R"({"a": 7)";
  for (int i = 0; i < 3000; ++i) document += ", \"unread" + std::to_string(i) + "\": 1";
  for (int i = 0; i < 10; ++i) {
    REQUIRE(reading.fate(document + "}").empty());
    CHECK(shown(reading.at(0)) == "int 7");
    CHECK(reading.fate(document + ", \"unread5\": 1}") == "duplicate_key");
  }
}

}  // namespace
}  // namespace tallymill
