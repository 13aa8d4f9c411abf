#include "model/lookup_table.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "base/hash.h"

namespace tallymill {
namespace {

// Cells and rows are numbered in 32 bits.
constexpr std::size_t limit = std::numeric_limits<std::uint32_t>::max() / 4;

Result<std::size_t> find_key_column(const std::vector<std::string>& columns,
                                    std::string_view key_column) {
  std::vector<std::string> sorted = columns;
  std::sort(sorted.begin(), sorted.end());
  if (auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end()) {
    return Error(Reaction::stop, "lookup_malformed", "the column " + *twice + " stands twice");
  }
  auto found = std::find(columns.begin(), columns.end(), key_column);
  if (found == columns.end()) {
    return Error(Reaction::stop, "lookup_column",
                 "there is no column " + std::string(key_column) + ", which is the key");
  }
  return static_cast<std::size_t>(found - columns.begin());
}

// What messages call rows.
class RowNames {
 public:
  explicit RowNames(const std::vector<std::size_t>& lines) : lines_(lines) {}
  [[nodiscard]] std::string word() const { return lines_.empty() ? "row" : "line"; }
  [[nodiscard]] std::string number(std::size_t row) const {
    return std::to_string(row < lines_.size() ? lines_[row] : row + 1);
  }

 private:
  const std::vector<std::size_t>& lines_;
};

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
    std::vector<std::vector<std::string>> rows, const std::vector<std::size_t>& lines,
    const std::vector<bool>& nulls) {
  const std::size_t width = columns.size();
  std::size_t bytes = 0;
  for (const auto& row : rows) {
    for (const std::string& cell : row) bytes += cell.size();
  }
  Builder builder(std::move(columns));
  builder.reserve(bytes, rows.size() * width);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows[row].size() != width) {
      const RowNames names(lines);
      return Error(Reaction::stop, "lookup_malformed",
                   names.word() + " " + names.number(row) + " has " + std::to_string(rows[row].size()) +
                       " values for " + std::to_string(width) + " columns");
    }
    for (std::size_t i = 0; i < width; ++i) {
      if (!nulls.empty() && nulls[row * width + i]) {
        builder.add_null();
      } else {
        builder.add(rows[row][i]);
      }
    }
  }
  return builder.finish(key_column, lines);
}

LookupTable::Builder::Builder(std::vector<std::string> columns) : table_(new LookupTable()) {
  table_->columns_ = std::move(columns);
}

void LookupTable::Builder::reserve(std::size_t bytes, std::size_t cells) {
  if (bytes > limit || cells > limit) return;
  table_->text_.reserve(bytes);
  table_->ends_.reserve(cells);
}

void LookupTable::Builder::add(std::string_view cell) {
  too_large_ = too_large_ || cell.size() > limit - table_->text_.size();
  if (!too_large_) table_->text_ += cell;
  end_cell(false);
}

void LookupTable::Builder::add_null() { end_cell(true); }

void LookupTable::Builder::end_cell(bool is_null) {
  LookupTable& table = *table_;
  too_large_ = too_large_ || table.ends_.size() >= limit;
  if (too_large_) return;
  if (is_null && table.nulls_.empty()) table.nulls_.resize(table.ends_.size());
  if (is_null || !table.nulls_.empty()) table.nulls_.push_back(is_null);
  table.ends_.push_back(static_cast<std::uint32_t>(table.text_.size()));
}

Result<std::shared_ptr<const LookupTable>> LookupTable::Builder::finish(
    std::string_view key_column, const std::vector<std::size_t>& lines) {
  LookupTable& table = *table_;
  TRY_ASSIGN(const std::size_t key, find_key_column(table.columns_, key_column));
  if (too_large_) {
    return Error(Reaction::stop, "lookup_too_large",
                 "the table is larger than 1 GiB, or has more than 1,073,741,823 values");
  }
  if (table.ends_.empty()) return Error(Reaction::stop, "lookup_empty", "there is no row");
  // What grew has room for as much again, for as long as the table is in use.
  table.text_.shrink_to_fit();
  table.ends_.shrink_to_fit();
  table.nulls_.shrink_to_fit();
  table.key_column_ = key;
  table.row_count_ = table.ends_.size() / table.columns_.size();
  const RowNames names(lines);

  // At most half full, so that probes stay short and end.
  std::size_t slots = 16;
  while (slots < table.row_count_ * 2) slots *= 2;
  table.index_.assign(slots, 0);
  for (std::size_t row = 0; row < table.row_count_; ++row) {
    if (table.is_null(row, key)) {
      return Error(Reaction::stop, "lookup_key",
                   names.word() + " " + names.number(row) + " has no " + table.columns_[key]);
    }
    std::string_view text = table.cell(row, key);
    std::size_t slot = hash_bytes(text) & (slots - 1);
    while (table.index_[slot] != 0) {
      std::size_t other = table.index_[slot] - 1;
      if (table.cell(other, key) == text) {
        return Error(Reaction::stop, "lookup_key",
                     names.word() + "s " + names.number(other) + " and " + names.number(row) +
                         " have the same " + table.columns_[key]);
      }
      slot = (slot + 1) & (slots - 1);
    }
    table.index_[slot] = static_cast<std::uint32_t>(row + 1);
  }
  table.content_hash_ = digest_of(table.canonical_text());
  return std::shared_ptr<const LookupTable>(std::move(table_));
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
  auto append_line = [&out, this](auto append_at) {
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      if (column > 0) out += ',';
      append_at(column);
    }
    out += '\n';
  };
  append_line([&out, this](std::size_t column) { append_cell(out, columns_[column]); });
  for (std::uint32_t row : order) {
    append_line([&out, this, row](std::size_t column) {
      if (!is_null(row, column)) append_cell(out, cell(row, column));
    });
  }
  return out;
}

std::size_t LookupTable::memory_bytes() const {
  std::size_t bytes = sizeof(*this) + text_.capacity() +
                      (ends_.capacity() + index_.capacity()) * sizeof(std::uint32_t) +
                      nulls_.capacity() / 8;
  for (const std::string& column : columns_) bytes += sizeof(column) + column.capacity();
  return bytes;
}

}  // namespace tallymill
