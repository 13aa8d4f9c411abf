#include "model/table_plan.h"

#include "support/catch.h"

namespace tallymill {
namespace {

TEST_CASE("a table is merged in C++ only if one of its parts asks for it") {
  TablePlan plan;
  CHECK_FALSE(plan.merges_in_cpp());
  plan.parts = {{"n", SqlType::bigint, Merge::add, true},
                {"low", SqlType::numeric, Merge::least, false},
                {"high", SqlType::numeric, Merge::greatest, false}};
  CHECK_FALSE(plan.merges_in_cpp());
  plan.parts.push_back({"newest", SqlType::text, Merge::joint, false});
  CHECK(plan.merges_in_cpp());
}

}  // namespace
}  // namespace tallymill
