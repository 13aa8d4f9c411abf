#include "daemon/preview_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/counted.h"
#include "base/printable.h"
#include "daemon/terminal.h"
#include "model/reason.h"
#include "pipeline/shown_rows.h"

namespace tallymill {
namespace {

bool is_number(SqlType type) {
  return type == SqlType::bigint || type == SqlType::numeric || type == SqlType::double_precision;
}

// A place, or a message that begins with one, in the words of where the records came from:
// "ad-events/0 offset 17" is "events.ndjson:17" if they are lines.
std::string placed(std::string text, const PipelineSpec& pipeline, const PreviewView& view) {
  const std::string prefix = pipeline.source.first_topic() + "/0 offset ";
  if (view.lines && text.starts_with(prefix)) text.replace(0, prefix.size(), view.from + ":");
  return text;
}

// What was left out; nothing if all is there.
std::string rest_of(std::size_t all, std::size_t shown) {
  if (shown >= all) return "";
  return "  ... and " + std::to_string(all - shown) + " more; --limit shows more\n";
}

std::string books(const PipelineSpec& pipeline, const TrialOutcome& outcome,
                  const PreviewView& view) {
  const Batch& batch = *outcome.batch;
  const BatchCounts& counts = batch.counts;
  char took[64];
  std::snprintf(took, sizeof took, "%.2f s, %.0f a second", view.seconds,
                view.seconds > 0 ? std::floor(static_cast<double>(counts.read) / view.seconds) : 0.0);
  std::string text = inked(printable(pipeline.name), Ink::bold, view.colour) + ": " +
                     counted(counts.read, "record", "records") + " of " + printable(view.from) +
                     " in " + took + "\n  " + std::to_string(counts.used) + " used, " +
                     std::to_string(counts.skipped) + " skipped, " + std::to_string(counts.rejected) +
                     " rejected";
  const bool has_times = pipeline.event_time.field || !view.lines;
  if (batch.min_event_time && has_times) {
    text += "; events from " + to_string(*batch.min_event_time) + " to " +
            to_string(*batch.max_event_time);
  }
  return text + "\n";
}

std::string table_of(const AggregationSpec& aggregation, const AggregationCounts& counts,
                     const Rows& rows, const PreviewView& view) {
  ShownRows shown(aggregation, rows);
  std::string text = "\n" + inked(printable(aggregation.name), Ink::bold, view.colour) + ": " +
                     counted(static_cast<std::int64_t>(rows.size()), "row", "rows") + " of " +
                     counted(counts.folded, "record", "records") + "; " +
                     std::to_string(counts.filtered) + " left out by where, " +
                     std::to_string(counts.late) + " late\n";
  std::vector<TextTable::Column> titles;
  for (const ShownColumn& column : shown.columns()) {
    if (column.kind != ShownColumn::Kind::part) titles.push_back({column.name, is_number(column.type)});
  }
  const std::size_t width = titles.size();
  TextTable table(std::move(titles));
  const std::size_t first = std::min(view.limit, rows.size());
  for (std::size_t row = 0; row < first; ++row) {
    std::vector<TextTable::Cell> cells;
    for (const ShownCell& cell : shown.read(row)) {
      if (cells.size() < width) cells.push_back({cell.text, cell.null ? Ink::dim : Ink::plain});
    }
    table.add(std::move(cells));
  }
  if (first > 0) text += table.render(view.colour, view.widest, "  ");
  return text + rest_of(rows.size(), first);
}

std::string letters_of(const PipelineSpec& pipeline, const TrialOutcome& outcome,
                       const PreviewView& view) {
  std::int64_t all = 0;
  std::string reasons;
  for (const auto& [reason, count] : outcome.letters) {
    all += count;
    reasons += (reasons.empty() ? "" : ", ") + reason + " " + std::to_string(count);
  }
  if (all == 0) return "";
  TextTable table({{"position"}, {"aggregation"}, {"reason"}, {"message"}});
  const auto& letters = outcome.batch->dead_letters;
  const std::size_t first = std::min(view.limit, letters.size());
  for (std::size_t i = 0; i < first; ++i) {
    const DeadLetter& letter = letters[i];
    table.add({{placed(letter.where.str() + " offset " + letter.offset.str(), pipeline, view)},
               {letter.aggregation.empty() ? "(all)" : letter.aggregation},
               {letter.reason, Ink::red},
               {letter.message}});
  }
  return "\n" + inked(counted(all, "dead letter", "dead letters"), Ink::bold, view.colour) + ": " +
         reasons + "\n" + table.render(view.colour, 0, "  ") +
         rest_of(static_cast<std::size_t>(all), first);
}

// Records that on_error: skip passes over: nobody would find them elsewhere.
std::string skips_of(const PipelineSpec& pipeline, const TrialOutcome& outcome,
                     const PreviewView& view) {
  if (pipeline.on_error != OnError::skip || outcome.unusable.empty()) return "";
  std::string text = "\nskipped for what is wrong with them, as on_error says:\n";
  for (const auto& [reason, those] : outcome.unusable) {
    text += "  " + std::string(reason) + " " + std::to_string(those.count) + ", the first at " +
            printable(placed(those.example, pipeline, view)) + "\n";
  }
  return text;
}

std::string warnings_of(const PipelineSpec& pipeline, const TrialOutcome& outcome,
                        const PreviewView& view) {
  std::string text;
  if (outcome.stopped) {
    text += "\n" + inked("the pipeline would stop", Ink::red, view.colour) + " (" +
            outcome.stopped->code() + "): " + printable(placed(outcome.stopped->message(), pipeline, view)) + "\n";
  }
  if (Trial::exceeds_ratio(pipeline, outcome.batch->counts)) {
    text += "\n" + inked("the pipeline would stop", Ink::red, view.colour) +
            " (dead_letter_ratio): more records were rejected than max_dead_letter_ratio allows\n";
  }
  const BatchCounts& counts = outcome.batch->counts;
  const auto bad_json = outcome.letters.find(std::string(reason::bad_json));
  if (view.lines && bad_json != outcome.letters.end() && bad_json->second * 2 > counts.read) {
    text += "\nMost lines are no JSON document. A file holds one per line: jq -c . makes that of documents "
            "that are written over several lines, jq -c '.[]' of an array.\n";
  }
  if (outcome.full) {
    text += "\nThe groups take all the memory that memory_limit leaves for them, so the rest was not "
            "read. The daemon would write a batch here and go on.\n";
  }
  return text;
}

}  // namespace

std::string preview_report(const PipelineSpec& pipeline, const TrialOutcome& outcome,
                           const PreviewView& view) {
  std::string text = books(pipeline, outcome, view);
  for (std::size_t i = 0; i < pipeline.aggregations.size(); ++i) {
    text += table_of(pipeline.aggregations[i], outcome.batch->counts.aggregations[i],
                     *outcome.batch->rows[i], view);
  }
  return text + letters_of(pipeline, outcome, view) + skips_of(pipeline, outcome, view) +
         warnings_of(pipeline, outcome, view);
}

}  // namespace tallymill
