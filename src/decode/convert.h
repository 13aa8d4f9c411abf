#pragma once

// Text to a field's type: where a declared numeric or timestamp field arrives as a string of
// digits, for defaults, and for numbers whose exact digits matter.

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "model/field.h"
#include "model/reason.h"
#include "model/reject.h"
#include "model/value.h"

namespace tallymill {

// Why a value cannot be used; the field's name is put before it.
struct Refusal {
  std::string_view reason;
  std::string_view why;
};
// Of a number where a time is RFC 3339 text.
inline constexpr Refusal unit_not_declared = {reason::bad_timestamp,
                                              "is a number, but its unit is not declared"};
using Converted = std::variant<Value, Refusal>;

// Digits with an optional '-': no sign '+', no white space, no leading zeros beyond one.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text, bool& overflow);

// Reads `text` as the field's type; for strings it is the text itself, which the value points to.
[[nodiscard]] Converted convert_text(const Field& field, std::string_view text);

// A number that was an integer in the record.
[[nodiscard]] Converted convert_integer(const Field& field, std::int64_t number);

// Text as a column can hold it: no NUL.
[[nodiscard]] Converted convert_string(std::string_view text);

}  // namespace tallymill
