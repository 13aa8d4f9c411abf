#include <algorithm>
#include <string>

#include "unit/config/cases.h"

#include "support/catch.h"

namespace tallymill {
namespace {

bool matches(const Problem& problem, const Expected& expected) {
  return problem.severity == expected.severity && problem.place.line == expected.line &&
         problem.place.column == expected.column &&
         problem.message.find(expected.text) != std::string::npos;
}

// Every expected problem is there, and every problem is expected.
void require_exactly(const Case& one, const std::vector<Problem>& problems) {
  INFO(render(problems));
  for (const Expected& expected : one.expected) {
    INFO("expected at " << expected.line << ":" << expected.column << ": " << expected.text);
    REQUIRE_FALSE(expected.text.empty());
    CHECK(std::any_of(problems.begin(), problems.end(),
                      [&](const Problem& problem) { return matches(problem, expected); }));
  }
  for (const Problem& problem : problems) {
    INFO("not expected: " << render(problem));
    CHECK(std::any_of(one.expected.begin(), one.expected.end(),
                      [&](const Expected& expected) { return matches(problem, expected); }));
  }
}

TEST_CASE("each bad configuration is refused for exactly the reasons that it names") {
  const std::vector<Case> all = cases(".bad.yaml");
  REQUIRE(all.size() > 100);
  for (const Case& one : all) {
    DYNAMIC_SECTION(one.name) {
      const Loaded loaded = load(one);
      REQUIRE_FALSE(loaded.spec.has_value());
      REQUIRE_FALSE(one.expected.empty());
      require_exactly(one, loaded.problems);
      // The password of all cases.
      CHECK(render(loaded.problems).find("hunter2") == std::string::npos);
    }
  }
}

TEST_CASE("each good configuration is read without a problem that it does not name") {
  const std::vector<Case> all = cases(".good.yaml");
  REQUIRE(all.size() > 10);
  for (const Case& one : all) {
    DYNAMIC_SECTION(one.name) {
      const Loaded loaded = load(one);
      require_exactly(one, loaded.problems);
      REQUIRE(loaded.spec.has_value());
      REQUIRE_FALSE(loaded.spec->pipelines.empty());
    }
  }
}

}  // namespace
}  // namespace tallymill
