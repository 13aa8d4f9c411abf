#pragma once

#include <string>
#include <vector>

#include "config/spec.h"

namespace tallymill {

// What has to happen to pipelines so that one configuration takes the place of another while they run.
// Names, each in the order of the configuration that has it.
struct SpecChanges {
  // Keys that differ and are read at the start of the process only, as "http.port".
  std::vector<std::string> fixed;
  std::vector<std::string> added;
  std::vector<std::string> changed;
  std::vector<std::string> removed;
  std::vector<std::string> kept;

  // Whether any pipeline comes, goes or starts anew.
  [[nodiscard]] bool any() const { return !added.empty() || !changed.empty() || !removed.empty(); }
};

// Whether what is made with one of them need not be made anew for the other.
[[nodiscard]] bool same_postgres(const PostgresSpec& now, const PostgresSpec& next);

// A pipeline has changed if its own section, its defaults included, or a section that all pipelines
// read differs in meaning; how it is written, and where in the files, counts for nothing. What the log
// is told is no pipeline's affair.
[[nodiscard]] SpecChanges changes_between(const Spec& now, const Spec& next);

}  // namespace tallymill
