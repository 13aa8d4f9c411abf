#include "daemon/exit_codes.h"

namespace tallymill::exit_code {

std::string line(std::string_view command) {
  std::string text;
  for (const Row& row : rows) {
    if (row.command != command) continue;
    text += (text.empty() ? "Exit codes: " : ", ") + std::to_string(row.code) + " " + std::string(row.meaning);
  }
  return text;
}

}  // namespace tallymill::exit_code
