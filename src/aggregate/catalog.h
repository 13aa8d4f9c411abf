#pragma once

// The table of all aggregates. To add one: a row in catalog.cc, its state in a file of its own,
// and a worked example in tests/unit/aggregate/examples.

#include "model/aggregate_signature.h"

namespace tallymill {

[[nodiscard]] AggregateCatalog aggregate_catalog();

}  // namespace tallymill
