#pragma once

// What a decoder has to bring of each record: one slot per field that some expression needs.

#include <optional>
#include <string>
#include <vector>

#include "model/timestamp.h"
#include "model/value.h"

namespace tallymill {

struct Field {
  std::vector<std::string> path;  // {"user", "id"} for user.id.
  Type type = Type::string;       // boolean, int64, decimal, float64, string or timestamp.
  bool declared = false;          // Listed under `fields` (or `event_time` with a unit).
  bool optional = false;          // `?`: null and missing are let through as such.
  std::optional<TimeUnit> unit;   // Of a timestamp that arrives as a number; none: RFC 3339 text.
  std::optional<std::string> default_text;  // Stands in for a missing field, parsed as `type`.

  // "user.id", or user["first name"] where a part is no identifier.
  [[nodiscard]] std::string str() const;
};

// Index of a Field in its pipeline's list; a record's values stand in the same order. Strings point into
// the record or the decoder's own memory: decode/decoder.h says for how long.
using FieldIndex = std::size_t;

}  // namespace tallymill
