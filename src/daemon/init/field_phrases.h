#pragma once

// What was seen of a field, in the words of a comment. All are free of control characters.

#include <cstdint>
#include <string>
#include <string_view>

#include "decode/json/field_facts.h"

namespace tallymill {

// "in 998 of 1000 records, 4 values: view, click, ..."
[[nodiscard]] std::string seen_phrase(const FieldFacts& facts, std::int64_t documents);

// Why no type is proposed: "an array in 3 of 1000 records". Empty if the values are of one kind that a
// field can have.
[[nodiscard]] std::string trouble_phrase(const FieldFacts& facts, std::int64_t documents);

// At most so many bytes of it, and "..." for what is cut.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t most);

}  // namespace tallymill
