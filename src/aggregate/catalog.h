#pragma once

// The table of all aggregates. To add one: a row in catalog.cc, its state in a file of its own,
// and a worked example, a row in tests/unit/aggregate/examples_test.cc.

#include "model/aggregate_signature.h"

namespace tallymill {

[[nodiscard]] AggregateCatalog aggregate_catalog();

}  // namespace tallymill
