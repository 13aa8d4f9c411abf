#include "config/problem.h"

#include <algorithm>

#include "base/counted.h"

namespace tallymill {

std::string render(const Problem& problem) {
  std::string text = problem.place.file;
  if (problem.place.line > 0) {
    text += ":" + std::to_string(problem.place.line) + ":" + std::to_string(problem.place.column);
  }
  text += problem.severity == Problem::Severity::error ? ": error: " : ": warning: ";
  text += problem.message + "\n";
  if (problem.source_line.empty()) return text;
  text += "    " + problem.source_line + "\n";
  if (problem.caret > 0) {
    text += "    " + std::string(static_cast<std::size_t>(problem.caret - 1), ' ') + "^\n";
  }
  return text;
}

std::string render(const std::vector<Problem>& problems) {
  if (problems.empty()) return "";
  std::vector<const Problem*> sorted;
  for (const Problem& problem : problems) sorted.push_back(&problem);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Problem* a, const Problem* b) { return a->place < b->place; });
  std::string text;
  std::size_t errors = 0;
  for (const Problem* problem : sorted) {
    text += render(*problem);
    if (problem->severity == Problem::Severity::error) ++errors;
  }
  const std::size_t warnings = problems.size() - errors;
  if (errors > 0) text += counted(errors, "error");
  if (errors > 0 && warnings > 0) text += ", ";
  if (warnings > 0) text += counted(warnings, "warning");
  return text + "\n";
}

bool has_errors(const std::vector<Problem>& problems) {
  return std::any_of(problems.begin(), problems.end(), [](const Problem& problem) {
    return problem.severity == Problem::Severity::error;
  });
}

}  // namespace tallymill
