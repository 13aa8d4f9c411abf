#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "config/document.h"
#include "config/problem.h"

namespace tallymill {

// Collects what is wrong while a configuration is read. Not thread-safe. The documents that spots
// point into outlive it.
class Problems {
 public:
  static constexpr std::size_t most = 500;  // What nobody reads to its end need not be made.

  void error(Spot spot, const std::string& message) {
    add(spot, message, Problem::Severity::error);
  }
  void warning(Spot spot, const std::string& message) {
    add(spot, message, Problem::Severity::warning);
  }
  // Of a file as a whole.
  void error(const std::string& file, std::string message);
  void warning(const std::string& file, std::string message);

  // A problem at `begin` explains those that point behind it, up to `end`: they are not shown.
  void explain(Spot begin, std::size_t end) { explained_.emplace_back(begin, end); }

  [[nodiscard]] std::size_t errors() const { return errors_; }

  // What was found, up to `most`, sorted by place, each once, with its line: redactions are complete
  // by then.
  [[nodiscard]] std::vector<Problem> take();

 private:
  void add(Spot spot, const std::string& message, Problem::Severity severity);

  struct Found {
    Spot spot;
    Problem problem;
  };
  [[nodiscard]] bool is_explained(Spot spot) const;

  std::vector<Found> found_;
  std::vector<std::pair<Spot, std::size_t>> explained_;
  std::size_t errors_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace tallymill
