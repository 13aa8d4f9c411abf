#include "expression/doubts.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "expression/folded.h"

namespace tallymill::expression {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Without underscores, in small letters: eventType and event_type are written the same.
std::string flattened(std::string_view name) {
  std::string flat;
  for (const char c : name) {
    if (c != '_') flat += folded(c);
  }
  return flat;
}

// Whether one word goes on from the letter before `at` to that at it, as it does not in userId at I.
bool goes_on(std::string_view name, std::size_t at) {
  if (at == 0 || !is_letter(name[at - 1])) return false;
  if (at == name.size()) return true;
  const bool is_capital = name[at] != folded(name[at]);
  return is_letter(name[at]) && (!is_capital || name[at - 1] != folded(name[at - 1]));
}

// The number of letters of the word that `at` stands in or just behind.
std::size_t letters_around(std::string_view name, std::size_t at) {
  std::size_t begin = at;
  std::size_t end = at;
  while (goes_on(name, begin)) --begin;
  while (end < name.size() && (end == at ? is_letter(name[end]) : goes_on(name, end))) ++end;
  return end - begin;
}

std::string doubt(const std::string& written, const std::string& meant, bool is_derived) {
  return written + " is not listed under fields, and " + meant + (is_derived ? " is derived" : " is") +
         ": did you mean " + meant + "? If records hold " + written + ", too, list it";
}

// The part of a path that is a slip of the other's, all others being equal; nothing else is.
bool is_slip_of_path(const Field& written, const Field& meant) {
  if (written.path.size() != meant.path.size()) return false;
  std::size_t slips = 0;
  for (std::size_t i = 0; i < written.path.size(); ++i) {
    if (written.path[i] == meant.path[i]) continue;
    if (!is_slip(written.path[i], meant.path[i])) return false;
    ++slips;
  }
  return slips == 1;
}

}  // namespace

bool is_slip(std::string_view written, std::string_view meant) {
  if (written == meant) return false;
  if (flattened(written) == flattened(meant)) return true;
  const auto [first, other] = std::mismatch(written.begin(), written.end(), meant.begin(), meant.end());
  const auto at = static_cast<std::size_t>(first - written.begin());
  const std::string_view from = written.substr(at);
  const std::string_view to = meant.substr(at);
  const bool left_out = !to.empty() && is_letter(to[0]) && from == to.substr(1);
  const bool too_many = !from.empty() && is_letter(from[0]) && from.substr(1) == to;
  const bool both = !from.empty() && !to.empty() && is_letter(from[0]) && is_letter(to[0]);
  const bool changed = both && from.substr(1) == to.substr(1);
  const bool swapped = both && from.size() > 1 && to.size() > 1 && from[0] == to[1] &&
                       from[1] == to[0] && from.substr(2) == to.substr(2);
  const std::size_t letters = letters_around(meant, at);
  return changed ? letters >= 6 : (left_out || too_many || swapped) && letters >= 4;
}

std::vector<std::pair<std::size_t, Problem>> find_doubts(const Scope& scope) {
  std::vector<std::pair<std::size_t, Problem>> doubts;
  for (std::size_t i = 0; i < scope.fields.size(); ++i) {
    const Field& field = scope.fields[i];
    if (field.declared) continue;
    const FieldFacts& facts = scope.facts[i];
    const auto listed = std::find_if(scope.fields.begin(), scope.fields.end(), [&field](const Field& other) {
      return other.declared && is_slip_of_path(field, other);
    });
    const auto derive = std::find_if(scope.derives.begin(), scope.derives.end(), [&field](const auto& name) {
      return field.path.size() == 1 && is_slip(field.path[0], name);
    });
    if (listed != scope.fields.end()) {
      doubts.push_back({facts.owner, {facts.first_use, doubt(field.str(), listed->str(), false)}});
    } else if (derive != scope.derives.end()) {
      doubts.push_back({facts.owner, {facts.first_use, doubt(field.str(), *derive, true)}});
    }
  }
  return doubts;
}

}  // namespace tallymill::expression
