#pragma once

// Places where a test makes this process die, wait or fail: failpoint("tx.after_cas"). They are
// always compiled in, so that what is tested is what ships, and do nothing until arm_failpoints():
// an unarmed one costs one relaxed atomic load.
//
// Thread-safe, but for arming and disarming, which happens while no other thread passes a place.

#include <atomic>
#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace tallymill {

// What is left for the place itself to do. Dying and waiting are over when it is told.
enum class Fault : std::uint8_t {
  none,
  error,     // Fail, as if the next step had.
  close_pg,  // Cut the connection to Postgres and go on.
};

// Arms what `text` says: "name=action" or "name=action@n", separated by commas. The action happens
// once, the n-th time that the place is passed; n is 1 by default. Actions: kill9, stop(seconds),
// sleep(milliseconds), and where the place can: error, close_pg. Fails with Reaction::stop if it
// cannot be read; an unknown name is answered with the list of all names.
[[nodiscard]] Result<void> arm_failpoints(std::string_view text);

void disarm_failpoints();

namespace detail {
inline std::atomic<bool> failpoints_armed{false};
Fault pass_armed(std::string_view name);
}  // namespace detail

// A place that can fail. REQUIRES: the name is in the table of failpoint.cc.
[[nodiscard]] inline Fault fault_at(std::string_view name) {
  if (!detail::failpoints_armed.load(std::memory_order_relaxed)) [[likely]] return Fault::none;
  return detail::pass_armed(name);
}

// A place where the process can only die or wait. REQUIRES: as for fault_at().
inline void failpoint(std::string_view name) { (void)fault_at(name); }

}  // namespace tallymill
