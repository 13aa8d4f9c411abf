#pragma once

// The contents of a lookup: immutable rows found by a text key. Loaded whole, shared between
// threads, swapped at a cut only.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/error.h"

namespace tallymill {

class LookupTable {
 public:
  // `rows` hold one text per column; the key is one of the columns. Fails with Reaction::stop if
  // there is no row, a key or a column stands twice, the key column is missing, or a row's width
  // differs. Messages call rows by their `lines` in the file, or else count them from 1.
  [[nodiscard]] static Result<std::shared_ptr<const LookupTable>> build(
      std::vector<std::string> columns, std::string_view key_column,
      std::vector<std::vector<std::string>> rows, const std::vector<std::size_t>& lines = {});

  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  [[nodiscard]] std::size_t size() const { return row_count_; }

  // Index of a row, or -1.
  [[nodiscard]] std::int64_t find(std::string_view key) const;
  // Valid as long as the table. REQUIRES: row and column exist.
  [[nodiscard]] std::string_view cell(std::size_t row, std::size_t column) const;

  // Over the canonical contents, so that the order of rows in a file does not matter.
  [[nodiscard]] const Digest& content_hash() const { return content_hash_; }
  // The canonical contents, for keeping a version: CSV with a header line, every cell in quotes,
  // rows in the order of their keys. build() of what it parses to, with the same key, hashes the
  // same; the content hash is this text's SHA-256.
  [[nodiscard]] std::string canonical_text() const;
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  LookupTable() = default;

  std::vector<std::string> columns_;
  std::size_t row_count_ = 0;
  std::string text_;                         // All cells, end to end.
  std::vector<std::uint32_t> ends_;          // End of each cell in text_, row by row.
  std::vector<std::uint32_t> index_;         // Open addressing: row number + 1, 0 for empty.
  std::size_t key_column_ = 0;
  Digest content_hash_{};
};

}  // namespace tallymill
