#pragma once

#include "config/load.h"
#include "config/problems.h"

namespace tallymill {

// What every reader of a part of the configuration needs. Lives for one load.
struct Loading {
  Problems& problems;
  const Environment& environment;
  AggregateCatalog aggregates;
  Reach reach = Reach::everything;
  DsnCheck check_dsn;
};

}  // namespace tallymill
