#include "pipeline/expected_rows.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "model/decimal.h"
#include "model/timestamp.h"

namespace tallymill {
namespace {

using Cells = std::vector<ShownCell>;

std::optional<double> double_of(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool same_number(const std::string& expected, const std::string& got, SqlType type) {
  constexpr std::string_view more = "...";
  if (expected.ends_with(more)) {
    return got.starts_with(std::string_view(expected).substr(0, expected.size() - more.size()));
  }
  if (type == SqlType::double_precision) {
    const auto number = double_of(expected);
    return number && number == double_of(got);
  }
  const auto number = Decimal::parse(expected);
  const auto other = Decimal::parse(got);
  return number && other ? *number == *other : expected == got;
}

// Compares the rows of one table; each row that was found once is taken.
class RowComparison {
 public:
  RowComparison(const ExpectedTable& expected, ShownRows& shown)
      : expected_(expected), columns_(shown.columns()) {
    for (std::size_t row = 0; row < shown.size(); ++row) got_.push_back(shown.read(row));
    taken_.resize(got_.size(), false);
  }

  std::vector<Difference> run() {
    std::vector<const ExpectedRow*> open;
    for (const ExpectedRow& row : expected_.rows) {
      if (!take([&](const Cells& cells) { return differing(row, cells, false).empty(); })) {
        open.push_back(&row);
      }
    }
    for (const ExpectedRow* row : open) explain(*row);
    for (std::size_t i = 0; i < got_.size(); ++i) {
      if (taken_[i]) continue;
      differences_.push_back({expected_.place, expected_.aggregation + ": a row that is not expected",
                              {"got " + line_of(got_[i])}});
    }
    return std::move(differences_);
  }

 private:
  [[nodiscard]] std::size_t column_of(const std::string& name) const {
    const auto found = std::find_if(columns_.begin(), columns_.end(), [&name](const ShownColumn& column) {
      return column.name == name;
    });
    return static_cast<std::size_t>(found - columns_.begin());
  }

  // The cells that are not as expected; of the key alone if so asked.
  [[nodiscard]] std::vector<const ExpectedCell*> differing(const ExpectedRow& row, const Cells& cells,
                                                           bool keys_alone) const {
    std::vector<const ExpectedCell*> differing;
    for (const ExpectedCell& cell : row.cells) {
      const std::size_t i = column_of(cell.column);
      if (keys_alone && columns_[i].kind != ShownColumn::Kind::key) continue;
      if (!is_as_expected(cell, cells[i], columns_[i].type)) differing.push_back(&cell);
    }
    return differing;
  }

  // Takes the first row of which `is_it` says so.
  template <class IsIt>
  std::optional<std::size_t> take(const IsIt& is_it) {
    for (std::size_t i = 0; i < got_.size(); ++i) {
      if (taken_[i] || !is_it(got_[i])) continue;
      taken_[i] = true;
      return i;
    }
    return std::nullopt;
  }

  void explain(const ExpectedRow& row) {
    std::string key;
    for (const ExpectedCell& cell : row.cells) {
      if (columns_[column_of(cell.column)].kind != ShownColumn::Kind::key) continue;
      key += (key.empty() ? "" : ", ") + cell.column + " " + cell.text.value_or("null");
    }
    const auto found = take([&](const Cells& cells) { return differing(row, cells, true).empty(); });
    const std::string name = expected_.aggregation + ": the row" + (key.empty() ? "" : " of " + key);
    Difference difference{row.place, name, {}};
    if (!found) {
      difference.what += " is not there";
    } else {
      for (const ExpectedCell* cell : differing(row, got_[*found], false)) {
        difference.details.push_back(cell->column + ": expected " + cell->text.value_or("null") +
                                     ", got " + got_[*found][column_of(cell->column)].text);
      }
    }
    differences_.push_back(std::move(difference));
  }

  // As it would be written in the case.
  [[nodiscard]] std::string line_of(const Cells& cells) const {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (columns_[i].kind == ShownColumn::Kind::part) continue;
      const bool is_text = columns_[i].type == SqlType::text || columns_[i].type == SqlType::timestamptz;
      const std::string value =
          is_text && !cells[i].null ? JsonWriter().string(cells[i].text).text() : cells[i].text;
      line += (line.empty() ? "" : ", ") + columns_[i].name + ": " + value;
    }
    return "{" + line + "}";
  }

  const ExpectedTable& expected_;
  const std::vector<ShownColumn>& columns_;
  std::vector<Cells> got_;
  std::vector<bool> taken_;
  std::vector<Difference> differences_;
};

}  // namespace

bool is_as_expected(const ExpectedCell& expected, const ShownCell& cell, SqlType type) {
  if (!expected.text || cell.null) return !expected.text && cell.null;
  switch (type) {
    case SqlType::bigint:
    case SqlType::numeric:
    case SqlType::double_precision: return same_number(*expected.text, cell.text, type);
    case SqlType::timestamptz: {
      const auto time = parse_timestamp(*expected.text);
      return time && time == parse_timestamp(cell.text);
    }
    default: return *expected.text == cell.text;
  }
}

std::vector<Difference> compare_rows(const ExpectedTable& expected, ShownRows& shown) {
  return RowComparison(expected, shown).run();
}

}  // namespace tallymill
