#include "model/lookup_table.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "base/hash.h"

namespace tallymill {
namespace {

Error unusable(std::string message) { return {Reaction::stop, std::move(message)}; }

Result<std::size_t> find_key_column(const std::vector<std::string>& columns,
                                    std::string_view key_column) {
  std::vector<std::string> sorted = columns;
  std::sort(sorted.begin(), sorted.end());
  if (auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end())
    return unusable("the column " + *twice + " stands twice");
  auto found = std::find(columns.begin(), columns.end(), key_column);
  if (found == columns.end())
    return unusable("there is no column " + std::string(key_column) + ", which is the key");
  return static_cast<std::size_t>(found - columns.begin());
}

// One CSV cell, always in quotes, so that there is one spelling only.
void append_cell(std::string& out, std::string_view cell) {
  out += '"';
  for (char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace

Result<std::shared_ptr<const LookupTable>> LookupTable::build(
    std::vector<std::string> columns, std::string_view key_column,
    std::vector<std::vector<std::string>> rows, const std::vector<std::size_t>& lines) {
  // Cells and rows are numbered in 32 bits.
  constexpr std::size_t limit = std::numeric_limits<std::uint32_t>::max() / 4;
  TRY_ASSIGN(std::size_t key, find_key_column(columns, key_column));
  if (rows.empty()) return unusable("there is no row");
  const auto place = [&lines](std::size_t row) {
    return std::to_string(row < lines.size() ? lines[row] : row + 1);
  };
  const std::string word = lines.empty() ? "row" : "line";
  std::size_t bytes = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows[row].size() != columns.size())
      return unusable(word + " " + place(row) + " has " +
                      std::to_string(rows[row].size()) + " values for " +
                      std::to_string(columns.size()) + " columns");
    for (const std::string& cell : rows[row]) bytes += cell.size();
  }
  if (bytes > limit || rows.size() * columns.size() > limit)
    return unusable("the table is larger than 1 GiB, or has more than 1,073,741,823 values");

  std::shared_ptr<LookupTable> table(new LookupTable());
  table->columns_ = std::move(columns);
  table->key_column_ = key;
  table->row_count_ = rows.size();
  table->text_.reserve(bytes);
  table->ends_.reserve(rows.size() * table->columns_.size());
  for (const auto& row : rows) {
    for (const std::string& cell : row) {
      table->text_ += cell;
      table->ends_.push_back(static_cast<std::uint32_t>(table->text_.size()));
    }
  }

  // At most half full, so that probes stay short and end.
  std::size_t slots = 16;
  while (slots < rows.size() * 2) slots *= 2;
  table->index_.assign(slots, 0);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::string_view text = table->cell(row, key);
    std::size_t slot = hash_bytes(text) & (slots - 1);
    while (table->index_[slot] != 0) {
      std::size_t other = table->index_[slot] - 1;
      if (table->cell(other, key) == text)
        return unusable(word + "s " + place(other) + " and " + place(row) + " have the same " +
                        table->columns_[key]);
      slot = (slot + 1) & (slots - 1);
    }
    table->index_[slot] = static_cast<std::uint32_t>(row + 1);
  }
  table->content_hash_ = digest_of(table->canonical_text());
  return std::shared_ptr<const LookupTable>(std::move(table));
}

std::int64_t LookupTable::find(std::string_view key) const {
  std::size_t mask = index_.size() - 1;
  for (std::size_t slot = hash_bytes(key) & mask; index_[slot] != 0; slot = (slot + 1) & mask) {
    std::size_t row = index_[slot] - 1;
    if (cell(row, key_column_) == key) return static_cast<std::int64_t>(row);
  }
  return -1;
}

std::string_view LookupTable::cell(std::size_t row, std::size_t column) const {
  std::size_t index = row * columns_.size() + column;
  std::size_t begin = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(text_).substr(begin, ends_[index] - begin);
}

std::string LookupTable::canonical_text() const {
  std::vector<std::uint32_t> order(row_count_);
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
    return cell(a, key_column_) < cell(b, key_column_);
  });
  std::string out;
  out.reserve(text_.size() + ends_.size() * 3);
  auto append_line = [&out, this](auto cell_at) {
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      if (column > 0) out += ',';
      append_cell(out, cell_at(column));
    }
    out += '\n';
  };
  append_line([this](std::size_t column) { return std::string_view(columns_[column]); });
  for (std::uint32_t row : order)
    append_line([this, row](std::size_t column) { return cell(row, column); });
  return out;
}

std::size_t LookupTable::memory_bytes() const {
  std::size_t bytes = sizeof(*this) + text_.capacity() +
                      (ends_.capacity() + index_.capacity()) * sizeof(std::uint32_t);
  for (const std::string& column : columns_) bytes += sizeof(column) + column.capacity();
  return bytes;
}

}  // namespace tallymill
