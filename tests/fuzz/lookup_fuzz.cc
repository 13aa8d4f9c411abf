// Whatever stands in a lookup's file, taken as CSV and as NDJSON: it is a problem that names the
// file, or a table in which every row is found by its key, every cell may be stored, and whose
// canonical text reads back as the same table.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "decode/lookup_file.h"
#include "expression/utf8.h"

namespace tallymill {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void require_sound(const LookupTable& table, std::string_view key) {
  std::size_t key_column = 0;
  while (table.columns().at(key_column) != key) ++key_column;
  require(table.size() > 0);
  for (std::size_t row = 0; row < table.size(); ++row) {
    require(table.find(table.cell(row, key_column)) == static_cast<std::int64_t>(row));
    for (std::size_t column = 0; column < table.columns().size(); ++column) {
      const std::string_view cell = table.cell(row, column);
      require(expression::is_valid_utf8(cell) && cell.find('\0') == std::string_view::npos);
    }
  }
  // A name that an escape gave a NUL is in no configuration.
  for (const std::string& column : table.columns()) {
    if (column.find('\0') != std::string::npos) return;
  }
  const auto again = parse_lookup(table.canonical_text(), LookupFormat::csv, key, "again", Nulls::are_kept);
  require(again.ok() && (*again)->size() == table.size());
  require((*again)->content_hash() == table.content_hash());
  require((*again)->canonical_text() == table.canonical_text());
}

void try_file(std::string_view text, LookupFormat format, Nulls nulls) {
  const auto table = parse_lookup(text, format, "k", "ads.csv", nulls);
  if (table.ok()) return require_sound(**table, "k");
  require(table.error().reaction() == Reaction::stop);
  require(table.error().message().starts_with("ads.csv: "));
}

}  // namespace
}  // namespace tallymill

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tallymill;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const Nulls nulls : {Nulls::are_empty, Nulls::are_kept}) {
    try_file(text, LookupFormat::csv, nulls);
    try_file(text, LookupFormat::ndjson, nulls);
  }
  return 0;
}
