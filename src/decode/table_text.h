#pragma once

#include <string>
#include <vector>

namespace tallymill {

// A table of texts, as a file spells it: each row has one text per column.
struct TableText {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

}  // namespace tallymill
