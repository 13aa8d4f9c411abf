#pragma once

#include <memory>

#include "aggregate/accumulator.h"
#include "config/spec.h"

namespace tallymill {

// REQUIRES: the column's aggregate is in the catalog and takes an argument of the column's type.
[[nodiscard]] std::unique_ptr<Accumulator> make_accumulator(const ColumnSpec& column);

}  // namespace tallymill
