#pragma once

// The reason codes of dead letters: stable words that operators filter by, kept in one place.

#include <string_view>

namespace tallymill::reason {

inline constexpr std::string_view bad_json = "bad_json";
inline constexpr std::string_view not_an_object = "not_an_object";
inline constexpr std::string_view duplicate_key = "duplicate_key";
inline constexpr std::string_view too_deep = "too_deep";
inline constexpr std::string_view bad_utf8 = "bad_utf8";
inline constexpr std::string_view nul_character = "nul_character";
inline constexpr std::string_view missing_field = "missing_field";
inline constexpr std::string_view null_field = "null_field";
inline constexpr std::string_view wrong_type = "wrong_type";
inline constexpr std::string_view out_of_range = "out_of_range";
inline constexpr std::string_view bad_timestamp = "bad_timestamp";
inline constexpr std::string_view too_large = "too_large";
inline constexpr std::string_view null_operand = "null_operand";
inline constexpr std::string_view overflow = "overflow";
inline constexpr std::string_view division_by_zero = "division_by_zero";
inline constexpr std::string_view bad_conversion = "bad_conversion";
inline constexpr std::string_view lookup_miss = "lookup_miss";
inline constexpr std::string_view null_key = "null_key";
inline constexpr std::string_view key_too_long = "key_too_long";
inline constexpr std::string_view late = "late";
inline constexpr std::string_view in_future = "in_future";
inline constexpr std::string_view database = "database";

}  // namespace tallymill::reason
