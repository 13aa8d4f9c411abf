#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/lookup_table.h"

namespace tallymill {

enum class LookupFormat { csv, ndjson };

// What an empty cell without quotes in CSV, and NDJSON's null, come to.
enum class Nulls {
  are_empty,  // The empty text.
  are_kept,   // Null, as Postgres's own CSV has it.
};

// Reads a lookup's file whole. CSV as RFC 4180 with a header line; NDJSON with one flat object per
// line, values as text. Fails with Reaction::stop and file:line for anything malformed, an empty
// table, a duplicate key, a missing key column, a file over `max_bytes`; Reaction::retry if the
// file cannot be read at this moment.
[[nodiscard]] Result<std::shared_ptr<const LookupTable>> load_lookup_file(
    const std::string& path, LookupFormat format, std::string_view key, std::size_t max_bytes,
    Nulls nulls = Nulls::are_empty);

// The same from text; `name` stands for the file in messages.
[[nodiscard]] Result<std::shared_ptr<const LookupTable>> parse_lookup(
    std::string_view text, LookupFormat format, std::string_view key, std::string_view name,
    Nulls nulls = Nulls::are_empty);

// Changes whenever the file does (device, inode, size, modification time); empty if there is none.
[[nodiscard]] std::string lookup_file_version(const std::string& path);

}  // namespace tallymill
