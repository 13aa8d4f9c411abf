#pragma once

// CHECK(condition, "why it must hold"): ends the process when an invariant of our own is broken.
// Ending is safe, because a restart resumes from the checkpoint; going on might not be. Never for
// anything that input, Kafka or Postgres can cause: those are Errors.

namespace tallymill {

[[noreturn]] void check_failed(const char* file, int line, const char* condition, const char* why);

}  // namespace tallymill

#define CHECK(condition, why)                                                   \
  do {                                                                          \
    if (!(condition)) [[unlikely]]                                              \
      ::tallymill::check_failed(__FILE__, __LINE__, #condition, why);           \
  } while (false)
