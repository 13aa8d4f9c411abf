#pragma once

#include <vector>

#include "config/case_file.h"
#include "config/spec.h"

namespace tallymill {

// What a case names that the pipeline does not have: topics, aggregations, columns.
[[nodiscard]] std::vector<Problem> check_case(const PipelineCase& one, const PipelineSpec& pipeline);

}  // namespace tallymill
