#include "config/problems.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/printable.h"

namespace tallymill {

void Problems::add(Spot spot, const std::string& message, Problem::Severity severity) {
  if (severity == Problem::Severity::error) ++errors_;
  if (found_.size() >= most) {
    ++left_out_;
    return;
  }
  found_.push_back({spot, {spot.place(), printable(message), "", 0, severity}});
}

void Problems::error(const std::string& file, std::string message) {
  ++errors_;
  found_.push_back({{}, {{file, 0, 0}, std::move(message), "", 0, Problem::Severity::error}});
}

void Problems::warning(const std::string& file, std::string message) {
  found_.push_back({{}, {{file, 0, 0}, std::move(message), "", 0, Problem::Severity::warning}});
}

bool Problems::is_explained(Spot spot) const {
  return std::any_of(explained_.begin(), explained_.end(), [spot](const auto& range) {
    return spot.document == range.first.document && spot.offset > range.first.offset &&
           spot.offset < range.second;
  });
}

std::vector<Problem> Problems::take() {
  std::vector<Problem> problems;
  for (Found& found : found_) {
    if (is_explained(found.spot)) continue;
    if (found.spot.document != nullptr) {
      Document::Excerpt excerpt = found.spot.document->excerpt(found.spot.offset);
      found.problem.source_line = std::move(excerpt.text);
      found.problem.caret = excerpt.caret;
    }
    problems.push_back(std::move(found.problem));
  }
  found_.clear();
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.place, a.message) < std::tie(b.place, b.message);
  });
  // What pipelines inherit is read once for each of them.
  const auto same = [](const Problem& a, const Problem& b) {
    return a.place == b.place && a.message == b.message;
  };
  problems.erase(std::unique(problems.begin(), problems.end(), same), problems.end());
  if (left_out_ > 0) {
    problems.push_back({{problems.back().place.file, 0, 0},
                        "there are " + std::to_string(left_out_) + " more problems; correct these first",
                        "", 0, Problem::Severity::error});
  }
  return problems;
}

}  // namespace tallymill
