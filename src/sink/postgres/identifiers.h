#pragma once

#include <string>
#include <string_view>

namespace tallymill::postgres {

// An identifier in double quotes: the one way a name enters SQL text.
[[nodiscard]] std::string quoted(std::string_view identifier);
[[nodiscard]] std::string qualified(std::string_view schema, std::string_view name);
// A string constant. Only for DDL, where parameters are not allowed.
[[nodiscard]] std::string literal(std::string_view text);

}  // namespace tallymill::postgres
