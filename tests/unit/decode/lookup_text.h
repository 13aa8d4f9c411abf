#pragma once

// Lookup files as a test writes them, and what becomes of them in words.

#include <string>
#include <string_view>

#include "decode/lookup_file.h"

namespace tallymill {

// All rows in the order of the file, cells in brackets; or the error, with its reaction.
inline std::string table_of(std::string_view text, LookupFormat format, std::string_view key = "k") {
  const auto table = parse_lookup(text, format, key, "ads");
  if (!table.ok()) {
    return std::string(to_string(table.error().reaction())) + " " + table.error().message();
  }
  std::string shown;
  for (const std::string& column : (*table)->columns()) shown += "[" + column + "]";
  for (std::size_t row = 0; row < (*table)->size(); ++row) {
    shown += ' ';
    for (std::size_t column = 0; column < (*table)->columns().size(); ++column) {
      shown += "[" + std::string((*table)->cell(row, column)) + "]";
    }
  }
  return shown;
}

inline std::string csv(std::string_view text) { return table_of(text, LookupFormat::csv); }
inline std::string ndjson(std::string_view text) { return table_of(text, LookupFormat::ndjson); }

}  // namespace tallymill
