#pragma once

#include <string>

#include "base/error.h"
#include "model/timestamp.h"
#include "sink/status_report.h"

namespace tallymill {

// How all pipelines stand, as one line of JSON; docs/operations.md lists the keys.
[[nodiscard]] std::string report_json(const StatusReport& report);
// In its place where nothing could be read: when, and why.
[[nodiscard]] std::string report_json(const Error& error, Timestamp at);

}  // namespace tallymill
