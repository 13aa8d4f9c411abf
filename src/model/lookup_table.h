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
  class Builder;

  // `rows` hold one text per column; the key is one of the columns. Fails as Builder::finish() does,
  // and if a row's width differs. `nulls`, unless empty, says of each cell, row by row, whether it is
  // null.
  [[nodiscard]] static Result<std::shared_ptr<const LookupTable>> build(
      std::vector<std::string> columns, std::string_view key_column,
      std::vector<std::vector<std::string>> rows, const std::vector<std::size_t>& lines = {},
      const std::vector<bool>& nulls = {});

  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  [[nodiscard]] std::size_t size() const { return row_count_; }

  // Index of a row, or -1.
  [[nodiscard]] std::int64_t find(std::string_view key) const;
  // Valid as long as the table; empty where the cell is null. REQUIRES: row and column exist.
  [[nodiscard]] std::string_view cell(std::size_t row, std::size_t column) const;
  [[nodiscard]] bool is_null(std::size_t row, std::size_t column) const {
    return !nulls_.empty() && nulls_[row * columns_.size() + column];
  }

  // Over the canonical contents, so that the order of rows in a file does not matter.
  [[nodiscard]] const Digest& content_hash() const { return content_hash_; }
  // The canonical contents, for keeping a version: CSV with a header line, every cell in quotes but
  // those that are null, which are empty; rows in the order of their keys. build() of what it parses
  // to, with the same key, hashes the same; the content hash is this text's SHA-256.
  [[nodiscard]] std::string canonical_text() const;
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  LookupTable() = default;

  std::vector<std::string> columns_;
  std::size_t row_count_ = 0;
  std::string text_;                         // All cells, end to end.
  std::vector<std::uint32_t> ends_;          // End of each cell in text_, row by row.
  std::vector<bool> nulls_;                  // Of each cell; empty: none is null.
  std::vector<std::uint32_t> index_;         // Open addressing: row number + 1, 0 for empty.
  std::size_t key_column_ = 0;
  Digest content_hash_{};
};

// A table on its way, cell by cell and row by row, so that the rows are in memory once. Cells beyond
// what a table can hold are forgotten, and finish() says so.
class LookupTable::Builder {
 public:
  explicit Builder(std::vector<std::string> columns);

  // Makes room for what is known to come.
  void reserve(std::size_t bytes, std::size_t cells);
  void add(std::string_view cell);
  void add_null();
  // Of all cells so far.
  [[nodiscard]] std::size_t text_bytes() const { return table_->text_.size(); }

  // REQUIRES: called once, last, behind whole rows. Fails with Reaction::stop if there is no row, a key
  // or a column stands twice, a key is null, the key column is missing, or the table is too large.
  // Messages call rows by their `lines` in a file, or else count them from 1.
  [[nodiscard]] Result<std::shared_ptr<const LookupTable>> finish(
      std::string_view key_column, const std::vector<std::size_t>& lines = {});

 private:
  void end_cell(bool is_null);

  std::shared_ptr<LookupTable> table_;
  bool too_large_ = false;
};

}  // namespace tallymill
