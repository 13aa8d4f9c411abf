#pragma once

// Runs one case: its events through the trial, and what they came to against what is expected.

#include <string>
#include <vector>

#include "base/error.h"
#include "config/case_file.h"
#include "pipeline/arrival.h"
#include "pipeline/trial.h"

namespace tallymill {

// Something that is not as expected.
struct Difference {
  Place place;                       // Of what expects it, or of what it came from.
  std::string what;                  // "campaign_stats: the row of campaign c1"
  std::vector<std::string> details;  // "clicks: expected 2, got 1"
};

// Returns what differs, nothing if the case passes. `arrival` says when events came that do not say it
// themselves. Fails as Trial::finish() does. REQUIRES: check_case() found nothing.
[[nodiscard]] Result<std::vector<Difference>> run_case(const PipelineCase& one, TrialParts parts,
                                                       Arrival& arrival);

}  // namespace tallymill
