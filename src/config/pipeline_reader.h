#pragma once

#include <map>
#include <string>

#include "config/section.h"
#include "config/spec.h"

namespace tallymill {

// Who writes which table: one aggregation of one pipeline each.
class Tables {
 public:
  // Reports a table that is written already.
  void add(const TablePlan& plan, Spot spot, Loading& loading);

 private:
  std::map<std::string, Spot> spots_;
};

// Reads one pipeline, what it inherits included. `postgres_schema` is the daemon's own. If there
// are problems, they are reported, and the spec is not to be used.
[[nodiscard]] PipelineSpec read_pipeline(const YamlEntry& entry, const std::string& postgres_schema,
                                         Tables& tables, Loading& loading);

}  // namespace tallymill
