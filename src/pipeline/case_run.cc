#include "pipeline/case_run.h"

#include <algorithm>
#include <map>
#include <utility>

#include "pipeline/expected_rows.h"
#include "pipeline/shown_rows.h"
#include "source/record_source.h"

namespace tallymill {
namespace {

// The events as the records of partitions, and which record is which event.
class Records {
 public:
  Records(const PipelineCase& one, const PipelineSpec& pipeline, Arrival& arrival) {
    std::map<TopicPartition, std::int64_t> next;
    for (const CaseEvent& event : one.events) {
      OwnedRecord record;
      record.where = {event.topic.value_or(pipeline.source.first_topic()), Partition(event.partition)};
      record.offset = Offset(next[record.where]++);
      record.timestamp = event.timestamp ? *event.timestamp : arrival.of(event.value.value_or(""));
      record.key = event.key;
      record.value = event.value;
      record.headers = event.headers;
      owned_.push_back(std::move(record));
    }
    for (const auto& [where, count] : next) partitions_.push_back(where);
    for (const OwnedRecord& record : owned_) {
      const auto at = std::lower_bound(partitions_.begin(), partitions_.end(), record.where);
      records_.push_back(record_of(record, static_cast<std::size_t>(at - partitions_.begin())));
    }
  }

  [[nodiscard]] const std::vector<TopicPartition>& partitions() const { return partitions_; }
  [[nodiscard]] const std::vector<Record>& records() const { return records_; }
  [[nodiscard]] std::size_t event_of(const TopicPartition& where, Offset offset) const {
    const auto found = std::find_if(owned_.begin(), owned_.end(), [&](const OwnedRecord& record) {
      return record.where == where && record.offset == offset;
    });
    return static_cast<std::size_t>(found - owned_.begin());
  }

 private:
  std::vector<OwnedRecord> owned_;
  std::vector<TopicPartition> partitions_;
  std::vector<Record> records_;
};

std::string shown(std::size_t event, const std::string& reason, const std::string& aggregation) {
  return "event " + std::to_string(event + 1) + ", " + reason +
         (aggregation.empty() ? "" : ", of " + aggregation);
}

void compare_letters(const PipelineCase& one, const Batch& batch, const Records& records,
                     std::vector<Difference>& differences) {
  std::vector<const DeadLetter*> open;
  for (const DeadLetter& letter : batch.dead_letters) open.push_back(&letter);
  for (const ExpectedLetter& expected : one.letters) {
    const auto found = std::find_if(open.begin(), open.end(), [&](const DeadLetter* letter) {
      return records.event_of(letter->where, letter->offset) == expected.event &&
             letter->reason == expected.reason && letter->aggregation == expected.aggregation &&
             letter->message.find(expected.message) != std::string::npos;
    });
    if (found != open.end()) {
      open.erase(found);
      continue;
    }
    differences.push_back({expected.place,
                           "the dead letter of " +
                               shown(expected.event, expected.reason, expected.aggregation) +
                               " is not there",
                           {}});
  }
  for (const DeadLetter* letter : open) {
    const std::size_t event = records.event_of(letter->where, letter->offset);
    differences.push_back(
        {one.events[event].place,
         "a dead letter that is not expected",
         {"got " + shown(event, letter->reason, letter->aggregation) + ": " + letter->message}});
  }
}

void compare_stop(const PipelineCase& one, const TrialOutcome& outcome, std::vector<Difference>& differences) {
  // The records before the one that stops were read, and no other.
  const auto event = static_cast<std::size_t>(outcome.batch->counts.read);
  const std::string got =
      outcome.stopped ? shown(event, outcome.stopped->code(), "") + ": " + outcome.stopped->message()
                      : "none";
  if (!one.stop && outcome.stopped) {
    differences.push_back({one.events[event].place, "the pipeline stops, which is not expected",
                           {"got " + got}});
  }
  if (!one.stop) return;
  if (outcome.stopped && one.stop->event == event && one.stop->reason == outcome.stopped->code()) return;
  differences.push_back({one.stop->place,
                         "the stop",
                         {"expected " + shown(one.stop->event, one.stop->reason, ""), "got " + got}});
}

}  // namespace

Result<std::vector<Difference>> run_case(const PipelineCase& one, TrialParts parts, Arrival& arrival) {
  const PipelineSpec& pipeline = parts.spec;
  const Records records(one, pipeline, arrival);
  TrialLimits limits;
  limits.letters = one.events.size() * (pipeline.aggregations.size() + 1);
  Trial trial(std::move(parts), records.partitions(), limits);
  (void)trial.offer(records.records());
  TRY_ASSIGN(const TrialOutcome outcome, trial.finish());
  std::vector<Difference> differences;
  for (const ExpectedTable& table : one.tables) {
    const auto aggregation = std::find_if(
        pipeline.aggregations.begin(), pipeline.aggregations.end(),
        [&table](const AggregationSpec& each) { return each.name == table.aggregation; });
    const auto i = static_cast<std::size_t>(aggregation - pipeline.aggregations.begin());
    ShownRows rows(*aggregation, *outcome.batch->rows[i]);
    for (Difference& difference : compare_rows(table, rows)) differences.push_back(std::move(difference));
  }
  compare_letters(one, *outcome.batch, records, differences);
  compare_stop(one, outcome, differences);
  return differences;
}

}  // namespace tallymill
