#include "expression/functions.h"

#include <set>
#include <string>

#include "expression/nearest.h"
#include "support/catch.h"

namespace tallymill::expression {
namespace {

TEST_CASE("every function has a name of its own, a sentence, and an example that calls it") {
  std::set<std::string_view> names;
  for (const Function& function : functions()) {
    INFO(function.name);
    CHECK(names.insert(function.name).second);
    CHECK(find_function(function.name) == &function);
    CHECK(function.documentation.back() == '.');
    CHECK(std::string(function.example).find(std::string(function.name) + "(") !=
          std::string::npos);
  }
}

TEST_CASE("an unknown function is answered with the nearest one and all there are") {
  CHECK(unknown_function_message("startswith") ==
        "there is no function startswith(), did you mean startsWith()? There are lookup, has, "
        "coalesce, size, startsWith, endsWith, contains, matches, lower, upper, int, double, "
        "decimal, string, timestamp");
  auto begins = [](std::string_view name, std::string_view text) {
    INFO(name);
    CHECK(unknown_function_message(name).substr(0, text.size()) == text);
  };
  begins("lenght", "there is no function lenght(); there are lookup");
  begins("len", "there is no function len(), did you mean size()?");
  begins("coalesc", "there is no function coalesc(), did you mean coalesce()?");
  begins("sum", "sum() is an aggregate; it can only stand alone, as the value of a column");
  begins("duration", "duration() comes in a later version");
  begins("exists", "exists() comes in a later version");
  begins("pow", "there is no pow(); multiply instead");
}

TEST_CASE("the nearest name is found through slips, and not made up") {
  const std::string_view names[] = {"interval", "topics", "where"};
  CHECK(nearest("intervall", names) == "interval");
  CHECK(nearest("topcis", names) == "topics");
  CHECK(nearest("WHERE", names) == "where");
  CHECK_FALSE(nearest("banana", names).has_value());
  CHECK_FALSE(nearest("", names).has_value());
  CHECK_FALSE(nearest(std::string(1000, 'x'), names).has_value());
}

}  // namespace
}  // namespace tallymill::expression
