#pragma once

#include <string>

#include "base/json_writer.h"
#include "pipeline/history_view.h"

namespace tallymill {

// Keys of an open object: rates, latencies and the number of dead letters.
void write_summary(JsonWriter& json, const HistorySummary& summary);

// The body of /api/pipelines/NAME. Everything in it is text or a number: whoever shows it must not
// take it for markup.
[[nodiscard]] std::string history_json(const std::string& pipeline, const HistoryView& history);

}  // namespace tallymill
