#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace tallymill {

void check_failed(const char* file, int line, const char* condition, const char* why) {
  std::fprintf(stderr, "%s:%d: broken invariant: %s (%s); a restart resumes from the checkpoint\n",
               file, line, condition, why);
  std::abort();
}

}  // namespace tallymill
