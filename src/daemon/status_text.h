#pragma once

#include <cstddef>
#include <string>

#include "sink/status_report.h"

namespace tallymill {

// How all pipelines stand, as tables for a person. Cells of more than `widest` characters are cut; 0
// cuts none.
[[nodiscard]] std::string status_text(const StatusReport& report, bool colour, std::size_t widest);

}  // namespace tallymill
