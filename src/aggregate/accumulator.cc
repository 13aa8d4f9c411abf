#include "aggregate/accumulator.h"

#include "base/check.h"

namespace tallymill {

Result<void> Accumulator::merge_stored(const std::byte* /*state*/,
                                       std::span<const Value> /*stored*/,
                                       std::vector<Value>& /*parts*/) const {
  CHECK(false, "only parts that SQL does not merge are merged in C++");
  return {};
}

}  // namespace tallymill
