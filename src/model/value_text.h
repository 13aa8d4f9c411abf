#pragma once

#include <string>

#include "model/value.h"

namespace tallymill {

// The value as a SELECT shows it, but for times, which are written as RFC 3339, and null, which is
// "null". Text is as it is: whoever prints it to a terminal escapes it.
[[nodiscard]] std::string text_of(const Value& value);

}  // namespace tallymill
