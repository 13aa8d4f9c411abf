#pragma once

#include <memory>
#include <string_view>

#include "aggregate/accumulator.h"

namespace tallymill {

// REQUIRES: `aggregate` is in the catalog and takes an argument of that type.
[[nodiscard]] std::unique_ptr<Accumulator> make_accumulator(std::string_view aggregate,
                                                            Type argument);

}  // namespace tallymill
