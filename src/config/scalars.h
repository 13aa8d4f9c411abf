#pragma once

// How values are written: one way each, so that nothing is taken for something else.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/parsed.h"

namespace tallymill {

// Decimal digits, a minus before them if need be; no octal, hexadecimal, separators or exponents.
[[nodiscard]] Parsed<std::int64_t> parse_integer(std::string_view text);
// A decimal number such as 0.05; no exponent.
[[nodiscard]] Parsed<double> parse_real(std::string_view text);
// true or false.
[[nodiscard]] Parsed<bool> parse_boolean(std::string_view text);
// A number with B, KiB, MiB, GiB or TiB: "64MiB". In bytes.
[[nodiscard]] Parsed<std::int64_t> parse_size(std::string_view text);
// Numbers with ms, s, m, h or d, from the largest unit to the smallest: "5s", "1h30m", "-10m".
[[nodiscard]] Parsed<std::chrono::milliseconds> parse_duration(std::string_view text);

// As parse_size and parse_duration read them.
[[nodiscard]] std::string size_text(std::int64_t bytes);
[[nodiscard]] std::string duration_text(std::chrono::milliseconds duration);

}  // namespace tallymill
