#pragma once

// Canonical key bytes: the identity of a group. Equal groups have equal bytes, different groups
// different bytes, and the order of the bytes is the order in which rows are written.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/value.h"

namespace tallymill {

// Postgres refuses index rows of about a third of a page; this leaves room for its own overhead.
inline constexpr std::size_t max_key_bytes = 2500;

// Appends one value. Null sorts last, as in Postgres. REQUIRES: not missing, not float64.
void append_key(std::string& key, const Value& value);

// Splits key bytes into values, appended to `values`; strings point into `key`.
// REQUIRES: `key` was made by append_key with values of these types or null.
void read_key(std::string_view key, std::span<const Type> types, std::vector<Value>& values);

}  // namespace tallymill
