#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>

namespace tallymill::generate {

// A source of events that look real. Which events come is decided by the seed, when they happen by
// the caller's clock.
class Stream {
 public:
  virtual ~Stream() = default;

  // No event is longer than this.
  [[nodiscard]] virtual std::size_t max_event_bytes() const { return 512; }

  // Writes one event that happens at `now_ms` (milliseconds since 1970, UTC) to `out` and returns
  // its length. REQUIRES: room for max_event_bytes().
  virtual std::size_t write_event(char* out, std::int64_t now_ms) = 0;

  // Writes the lookup that turns the stream's ids into names, as CSV. Depends on the seed only.
  // Returns false if the stream has none.
  virtual bool write_lookup(std::ostream& out) const = 0;
};

}  // namespace tallymill::generate
