#include "base/seeded_bug.h"

#ifdef TALLYMILL_SEEDED_BUGS

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/check.h"

namespace tallymill {
namespace {

std::optional<Bug> chosen() {
  const char* name = std::getenv("TALLYMILL_SEEDED_BUG");
  if (name == nullptr) return std::nullopt;
  const auto found = std::find_if(seeded_bugs.begin(), seeded_bugs.end(),
                                  [name](const SeededBug& one) { return one.name == name; });
  CHECK(found != seeded_bugs.end(), "TALLYMILL_SEEDED_BUG names a bug of base/seeded_bug.h");
  return found->bug;
}

}  // namespace

bool seeded(Bug bug) {
  static const std::optional<Bug> the_one = chosen();
  return the_one == bug;
}

}  // namespace tallymill

#endif
