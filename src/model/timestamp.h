#pragma once

// A point in event time: microseconds since 1970-01-01T00:00:00Z, UTC, as in a timestamptz.

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace tallymill {

class Timestamp {
 public:
  constexpr Timestamp() = default;
  constexpr explicit Timestamp(std::int64_t microseconds) : microseconds_(microseconds) {}

  [[nodiscard]] constexpr std::int64_t microseconds() const { return microseconds_; }
  friend constexpr auto operator<=>(const Timestamp&, const Timestamp&) = default;

  // What Postgres can hold with room to spare: years 1 to 9999. Anything outside is a record error.
  [[nodiscard]] static constexpr Timestamp min() { return Timestamp(-62135596800000000); }
  [[nodiscard]] static constexpr Timestamp max() { return Timestamp(253402300799999999); }
  [[nodiscard]] constexpr bool in_range() const { return *this >= min() && *this <= max(); }

 private:
  std::int64_t microseconds_ = 0;
};

[[nodiscard]] constexpr Timestamp timestamp_of(WallTime time) {
  return Timestamp(time.time_since_epoch().count());
}

// The unit of a number that stands for a time.
enum class TimeUnit { seconds, milliseconds, microseconds, nanoseconds };

// Returns nothing if the result is out of range. Nanoseconds are floored.
[[nodiscard]] std::optional<Timestamp> timestamp_from(std::int64_t number, TimeUnit unit);

// Reads RFC 3339 ("2026-01-01T00:00:00.123Z", "+02:00"; a space for the T), and the SQL form
// without a zone, which means UTC. A leap second (23:59:60 UTC) reads as the second after it.
// Decimals behind the sixth are cut off. Returns nothing for any other text or a time that does not
// exist.
[[nodiscard]] std::optional<Timestamp> parse_timestamp(std::string_view text);

// "2026-01-01T00:00:00.123Z"; as many decimals as are needed, none for whole seconds.
[[nodiscard]] std::string to_string(Timestamp timestamp);

// The start of the window of `width` that `timestamp` falls in; windows are aligned to 1970 and
// floored, so times before 1970 fall into the window that holds them. REQUIRES: width > 0.
[[nodiscard]] Timestamp window_start(Timestamp timestamp, std::chrono::microseconds width);

}  // namespace tallymill
