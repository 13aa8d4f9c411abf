#include "config/identifier.h"

#include <algorithm>

namespace tallymill {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string identifier_problem(std::string_view text) {
  if (text.empty()) return "is empty, and a name is needed";
  if (text.size() > max_identifier_bytes) {
    return "is " + std::to_string(text.size()) + " bytes long; a name has at most " +
           std::to_string(max_identifier_bytes);
  }
  const bool valid = is_letter(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
                       return is_letter(c) || is_digit(c);
                     });
  if (valid) return {};
  return "must be a letter or _, then letters A to Z, digits or _";
}

}  // namespace tallymill
