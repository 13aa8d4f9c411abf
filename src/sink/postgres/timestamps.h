#pragma once

#include <string>

namespace tallymill::postgres {

// A timestamptz column as whole microseconds since 1970: no date style, no rounding.
[[nodiscard]] inline std::string microseconds_sql(const std::string& column) {
  return "(extract(epoch from " + column + ") * 1000000)::bigint";
}

}  // namespace tallymill::postgres
