#include "base/counted.h"

#include <cstdint>

#include "support/catch.h"

namespace tallymill {
namespace {

TEST_CASE("one is singular, and nothing and many are plural") {
  CHECK(counted(std::int64_t{1}, "row") == "1 row");
  CHECK(counted(std::int64_t{0}, "row") == "0 rows");
  CHECK(counted(std::size_t{2}, "batch", "batches") == "2 batches");
  CHECK(counted(1U, "batch", "batches") == "1 batch");
}

}  // namespace
}  // namespace tallymill
