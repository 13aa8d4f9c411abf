#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tallymill {

// Tells one process from all others of a machine, also from a later one that was given its number, and
// from one of that number in another container.
struct ProcessIdentity {
  std::int64_t pid = 0;      // As the process itself has it.
  std::int64_t started = 0;  // In ticks since the machine's start.
  std::string space;         // Where its number means it: "pid:[4026531836]".

  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

[[nodiscard]] ProcessIdentity this_process();

// Who has that number where this process is; nothing if nobody has, or the system hides it.
[[nodiscard]] std::optional<ProcessIdentity> process_of(std::int64_t pid);

}  // namespace tallymill
