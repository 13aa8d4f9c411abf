#pragma once

// Lookups as far as local files tell. A table in Postgres is not read here: a file can stand in for it.

#include <string>
#include <vector>

#include "config/problem.h"
#include "config/spec.h"
#include "pipeline/lookups.h"

namespace tallymill {

// The lookups from files that the daemon would load, checked: present, whole, with the columns that
// expressions ask for.
[[nodiscard]] std::vector<Problem> check_lookup_files(const Spec& spec);

// Has a lookup read from that file, whatever the configuration says; `place` is where that was asked for.
// Returns whether the pipeline has such a lookup.
[[nodiscard]] bool read_from_file(PipelineSpec& pipeline, const std::string& lookup, const std::string& file,
                                  const Place& place);

// All lookups of a pipeline. A table without a file is a problem, too; `giving` says how the user gives
// this lookup a file.
struct OfflineLookups {
  LookupTables tables;  // All of them, unless there is a problem.
  std::vector<Problem> problems;
};
[[nodiscard]] OfflineLookups load_offline(const Spec& spec, const PipelineSpec& pipeline,
                                          std::string (*giving)(const std::string& lookup));

}  // namespace tallymill
