#include "model/field.h"

#include <string_view>

namespace tallymill {
namespace {

bool is_identifier(std::string_view part) {
  if (part.empty() || (part[0] >= '0' && part[0] <= '9')) return false;
  for (char c : part) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (!letter && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

}  // namespace

std::string Field::str() const {
  std::string out;
  for (const std::string& part : path) {
    if (is_identifier(part)) {
      if (!out.empty()) out += '.';
      out += part;
    } else if (out.empty()) {
      out += '`' + part + '`';  // Nothing stands before it that an index could follow.
    } else {
      out += "[\"";
      for (char c : part) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
      }
      out += "\"]";
    }
  }
  return out;
}

}  // namespace tallymill
