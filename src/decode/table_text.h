#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tallymill {

// A table of texts, as a file spells it: each row has one text per column.
struct TableText {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  // Of each cell, row by row, whether it may stand for null: empty and without quotes in CSV, null in
  // NDJSON. Its text is empty.
  std::vector<bool> nulls;
  std::vector<std::size_t> lines;  // Where each row starts in the file, counted from 1.
};

}  // namespace tallymill
