// What is seen in documents, and that no document makes it grow without bounds.

#include "decode/json/survey.h"

#include <string>
#include <vector>

#include "support/catch.h"

namespace tallymill {
namespace {

SurveyResult survey_of(const std::vector<std::string>& documents) {
  Survey survey(1 << 20);
  for (const std::string& document : documents) survey.add(document);
  return survey.result();
}

FieldFacts only_field(const std::vector<std::string>& documents) {
  const SurveyResult result = survey_of(documents);
  REQUIRE(result.fields.size() == 1);
  return result.fields.front();
}

std::string unit_of(const std::vector<std::string>& documents) {
  const auto unit = only_field(documents).epoch_unit();
  if (!unit) return "none";
  switch (*unit) {
    case TimeUnit::seconds: return "s";
    case TimeUnit::milliseconds: return "ms";
    case TimeUnit::microseconds: return "us";
    case TimeUnit::nanoseconds: return "ns";
  }
  return "";
}

TEST_CASE("each kind of value is counted by field") {
  const SurveyResult result = survey_of({R"({"a": 1, "b": "x", "c": null})", R"({"a": "1", "b": true})",
                                         R"({"a": 1.5, "b": [1], "c": {}})"});
  CHECK(result.documents == 3);
  CHECK(result.unusable.empty());
  REQUIRE(result.fields.size() == 3);
  const FieldFacts& a = result.fields[0];
  CHECK(a.path == std::vector<std::string>{"a"});
  CHECK(a.numbers == 2);
  CHECK(a.strings == 1);
  CHECK(a.digits == 1);
  CHECK(a.whole == 2);
  CHECK(a.fraction_digits == 1);
  const FieldFacts& b = result.fields[1];
  CHECK(b.strings == 1);
  CHECK(b.booleans == 1);
  CHECK(b.arrays == 1);
  CHECK(b.present() == 3);
  const FieldFacts& c = result.fields[2];
  CHECK(c.nulls == 1);
  CHECK(c.objects == 1);
  CHECK(c.seen() == 2);
  CHECK(c.present() == 1);
}

TEST_CASE("objects are looked into, three levels deep") {
  const SurveyResult result = survey_of({R"({"a": {"b": {"c": {"d": 1}, "e": 2}}, "f": 3})"});
  std::vector<std::vector<std::string>> paths;
  for (const FieldFacts& field : result.fields) paths.push_back(field.path);
  CHECK(paths == std::vector<std::vector<std::string>>{
                     {"a"}, {"a", "b"}, {"a", "b", "c"}, {"a", "b", "e"}, {"f"}});
  CHECK(result.fields[2].objects == 1);
  CHECK(result.fields[3].whole == 1);
  CHECK(result.fields[4].whole == 1);
}

TEST_CASE("what a pipeline could not read is counted by its reason, and tells nothing of fields") {
  const SurveyResult result = survey_of({"", "{", "[1]", "7", R"({"a": 1} x)", R"({"a": 1, "a": 2})",
                                         "{\"a\": \"\xff\"}", R"({"a": 1e999})", R"({"a": 1})"});
  CHECK(result.documents == 1);
  CHECK(result.unusable.at("bad_json") == 3);
  CHECK(result.unusable.at("not_an_object") == 2);
  CHECK(result.unusable.at("duplicate_key") == 1);
  CHECK(result.unusable.at("bad_utf8") == 1);
  CHECK(result.unusable.at("out_of_range") == 1);
  REQUIRE(result.fields.size() == 1);
  CHECK(result.fields[0].whole == 1);
}

TEST_CASE("of a key that stands twice in an inner object the first counts") {
  const SurveyResult result = survey_of({R"({"a": {"b": 1, "b": "x"}})"});
  REQUIRE(result.fields.size() == 2);
  CHECK(result.fields[1].seen() == 1);
  CHECK(result.fields[1].numbers == 1);
}

TEST_CASE("strings are times only as RFC 3339 has them") {
  CHECK(only_field({R"({"t": "2026-01-31T12:00:00Z"})", R"({"t": "2026-01-31 12:00:00"})"}).times == 2);
  CHECK(only_field({R"({"t": "31.01.2026"})", R"({"t": "1769860800"})"}).times == 0);
}

TEST_CASE("integers that are times of this century tell their unit, digits in strings, too") {
  CHECK(unit_of({R"({"t": 1769860800})", R"({"t": 946684800})"}) == "s");
  CHECK(unit_of({R"({"t": 1769860800000})", R"({"t": "1769860800001"})"}) == "ms");
  CHECK(unit_of({R"({"t": 1769860800000000})"}) == "us");
  CHECK(unit_of({R"({"t": 1769860800000000000})"}) == "ns");
  CHECK(unit_of({R"({"t": 1769860800})", R"({"t": 1769860800000})"}) == "none");
  CHECK(unit_of({R"({"t": 946684799})"}) == "none");
  CHECK(unit_of({R"({"t": 4102444800})"}) == "none");
  CHECK(unit_of({R"({"t": 1769860800})", R"({"t": 1769860800.5})"}) == "none");
  CHECK(unit_of({R"({"t": 1769860800})", R"({"t": "soon"})"}) == "none");
}

TEST_CASE("digits behind the point are counted as they are spelled") {
  const FieldFacts facts = only_field({R"({"n": 0.10})", R"({"n": 12.345678 })", R"({"n": "7.5"})"});
  CHECK(facts.fraction_digits == 6);
  CHECK_FALSE(facts.exponents);
  CHECK(facts.digits == 1);
  CHECK(only_field({R"({"n": 1e3})"}).exponents);
  CHECK(only_field({R"({"n": 18446744073709551615})"}).large == 1);
  CHECK(only_field({R"({"n": 9223372036854775807})"}).large == 0);
}

TEST_CASE("codes with zeros before them, signs and exponents in strings are no numbers") {
  for (const char* text : {"007", "+1", "1e3", "1.", ".5", "", "-", "1 ", "0x1"}) {
    CHECK(only_field({R"({"n": ")" + std::string(text) + R"("})"}).digits == 0);
  }
  for (const char* text : {"0", "-1", "0.50", "12345678901234567890"}) {
    CHECK(only_field({R"({"n": ")" + std::string(text) + R"("})"}).digits == 1);
  }
}

TEST_CASE("different values are kept while they are few and short") {
  const FieldFacts few = only_field({R"({"k": "b"})", R"({"k": "a"})", R"({"k": "b"})", R"({"k": true})"});
  CHECK(few.values == std::set<std::string>{"a", "b", "true"});
  std::vector<std::string> documents;
  for (std::size_t i = 0; i <= FieldFacts::most_values; ++i) {
    documents.push_back("{\"k\": \"" + std::to_string(i) + "\"}");
  }
  const FieldFacts many = only_field(documents);
  CHECK(many.many_values);
  CHECK(many.values.empty());
  const std::string longest(FieldFacts::longest_value, 'x');
  CHECK_FALSE(only_field({"{\"k\": \"" + longest + "\"}"}).many_values);
  CHECK(only_field({"{\"k\": \"" + longest + "x\"}"}).many_values);
}

TEST_CASE("fields without end and names without end are passed over, and it is said") {
  Survey survey(1 << 20);
  for (int i = 0; i < 5000; ++i) survey.add("{\"field " + std::to_string(i) + "\": 1}");
  survey.add("{\"field 0\": 2}");
  const SurveyResult result = survey.result();
  CHECK(result.more_fields);
  CHECK(result.fields.size() == Survey::most_fields);
  CHECK(result.fields[0].whole == 2);

  const std::string longest(Survey::longest_name, 'x');
  CHECK_FALSE(survey_of({"{\"" + longest + "\": 1}"}).more_fields);
  CHECK(survey_of({"{\"" + longest + "x\": 1}"}).more_fields);
}

TEST_CASE("a document that is too large is one of the unusable ones") {
  Survey survey(10);
  survey.add(R"({"a": "0123456789"})");
  CHECK(survey.result().unusable.at("too_large") == 1);
}

TEST_CASE("a long document is looked through like a short one before and after it") {
  const SurveyResult result = survey_of({R"({"a": 1})", "{\"a\": \"" + std::string(500'000, 'x') + "\", \"b\": 2}",
                                         R"({"b": 3, "a": 4})"});
  REQUIRE(result.fields.size() == 2);
  CHECK(result.fields[0].seen() == 3);
  CHECK(result.fields[1].whole == 2);
}

}  // namespace
}  // namespace tallymill
