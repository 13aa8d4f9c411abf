#pragma once

#include "base/json_writer.h"
#include "sink/status_report.h"

namespace tallymill {

// One instance, as `status --json` and /api/status show it; docs/operations.md lists the keys.
void write_instance(JsonWriter& json, const InstanceReport& instance);

}  // namespace tallymill
