#pragma once

#include <vector>

#include "config/case_file.h"
#include "pipeline/case_run.h"
#include "pipeline/shown_rows.h"

namespace tallymill {

// Whether a cell shows what is expected: numbers by value (0.50 is 0.5), times by the moment, all else
// letter by letter. Digits with ... behind them stand for all numbers that begin so.
[[nodiscard]] bool is_as_expected(const ExpectedCell& expected, const ShownCell& cell, SqlType type);

// What differs between the rows of a table and those expected, in whatever order. A row is found by the
// key columns that it names, else as one that is equal, else by its order. A column that is not named
// may be anything; a row that is not named may not.
[[nodiscard]] std::vector<Difference> compare_rows(const ExpectedTable& expected, ShownRows& shown);

}  // namespace tallymill
