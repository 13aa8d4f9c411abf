#pragma once

#include <string>

#include "config/spec.h"
#include "pipeline/trial.h"

namespace tallymill {

// Where the records of a preview came from, and how they are to be shown.
struct PreviewView {
  std::string from;         // "events.ndjson", "ad-events, 4 partitions".
  bool lines = false;       // An offset is the number of a line of it.
  double seconds = 0;       // It took.
  std::size_t limit = 20;   // Rows of each table, and dead letters.
  bool colour = false;
  std::size_t widest = 0;   // Characters of a cell; 0: all of them.
};

// What the records came to: tables with the rows that would be written, the dead letters and why, and
// the books.
[[nodiscard]] std::string preview_report(const PipelineSpec& pipeline, const TrialOutcome& outcome,
                                         const PreviewView& view);

}  // namespace tallymill
