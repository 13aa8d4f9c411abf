#include "config/topic_pattern.h"

#include <chrono>
#include <string>

#include "config/spec.h"
#include "support/catch.h"

namespace tallymill {
namespace {

TopicPattern pattern(const std::string& text) {
  Parsed<TopicPattern> parsed = TopicPattern::parse(text);
  INFO(parsed.problem);
  REQUIRE(parsed.value);
  return *std::move(parsed.value);
}

std::string problem(const std::string& text) { return TopicPattern::parse(text).problem; }

}  // namespace

TEST_CASE("a pattern matches names as a whole, not parts of them") {
  const TopicPattern ads = pattern("^ads-(eu|us)");
  CHECK(ads.matches("ads-eu"));
  CHECK_FALSE(ads.matches("ads-eu-old"));
  CHECK_FALSE(ads.matches("new-ads-eu"));
  const TopicPattern either = pattern("^a|b.*");
  CHECK(either.matches("a"));
  CHECK(either.matches("bc"));
  CHECK_FALSE(either.matches("ac"));
}

TEST_CASE("a dollar at the end changes nothing") {
  CHECK(pattern("^ads-.*$").matches("ads-eu"));
}

TEST_CASE("the cluster's own topics match no pattern") {
  const TopicPattern all = pattern("^.*");
  CHECK(all.matches("ads"));
  CHECK(all.matches("_schemas"));
  CHECK_FALSE(all.matches("__consumer_offsets"));
  CHECK_FALSE(all.matches("__transaction_state"));
}

TEST_CASE("an expression that other engines never finish is decided at once") {
  const TopicPattern hostile = pattern("^(a+)+$");
  const auto began = std::chrono::steady_clock::now();
  CHECK_FALSE(hostile.matches(std::string(248, 'a') + "!"));
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(1));
  CHECK(problem("^(((a{100}){100}){100})").starts_with("is no regular expression: "));
}

TEST_CASE("what is no expression is refused in the engine's words") {
  CHECK(problem("^ads-(").starts_with("is no regular expression: missing"));
  CHECK(problem("^a)|(b").starts_with("is no regular expression: "));
}

TEST_CASE("an expression that matches one name or none is taken for a slip") {
  CHECK(problem("^ads-").find("'^ads-.*'") != std::string::npos);
  CHECK(problem("^ads-events$").find("one is named without ^") != std::string::npos);
  CHECK(problem("^").find("'^.*'") != std::string::npos);
  CHECK(problem("^__consumer_.*").find("read only by name") != std::string::npos);
  CHECK(problem("^ads.events").empty());
}

TEST_CASE("a source reads what it names and what its patterns match") {
  SourceSpec source;
  source.topics = {"orders", "__own"};
  source.topic_patterns = {pattern("^ads-.*"), pattern("^ads-e.*")};
  CHECK(source.reads("orders"));
  CHECK(source.reads("__own"));
  CHECK(source.reads("ads-eu"));
  CHECK_FALSE(source.reads("orders-old"));
  CHECK(source.first_topic() == "orders");
  source.topics.clear();
  CHECK(source.first_topic() == "^ads-.*");
}

}  // namespace tallymill
