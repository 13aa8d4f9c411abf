#include "daemon/status_text.h"

#include <cstdio>
#include <utility>

#include "daemon/terminal.h"

namespace tallymill {
namespace {

constexpr std::int64_t second = 1'000'000;

std::string whole_seconds(Timestamp time) {
  const std::int64_t us = time.microseconds();
  return to_string(Timestamp(us - ((us % second) + second) % second));
}

std::string milliseconds(double ms) {
  return short_duration(std::chrono::milliseconds(static_cast<std::int64_t>(ms + 0.5)));
}

Ink ink_of(const std::string& state) {
  if (state == "running") return Ink::green;
  return state == "stopped" || state == "silent" || state == "nobody" ? Ink::red : Ink::plain;
}

TextTable::Cell warning(std::int64_t number) {
  return {std::to_string(number), number > 0 ? Ink::red : Ink::plain};
}

TextTable pipelines(const StatusReport& report) {
  TextTable table({{"PIPELINE"}, {"STATE"}, {"INSTANCE"}, {"BATCH", true}, {"COMMITTED"}, {"AGO", true},
                   {"RECORDS", true}, {"DEAD LETTERS", true}, {"GAPS", true}});
  for (const PipelineReport& one : report.pipelines) {
    table.add({{one.name},
               {one.state(), ink_of(one.state())},
               {one.instance.empty() ? "-" : one.instance},
               {one.known ? std::to_string(one.last_batch) : "-"},
               {one.last_commit ? whole_seconds(*one.last_commit) : "-"},
               {one.since_last_commit ? short_duration(*one.since_last_commit) : "-"},
               {one.batches.empty() ? "-" : std::to_string(one.batches.front().read)},
               warning(one.dead_letters),
               warning(one.gaps)});
  }
  return table;
}

TextTable batches(const StatusReport& report) {
  TextTable table({{"PIPELINE"}, {"BATCH", true}, {"COMMITTED"}, {"READ", true}, {"SKIPPED", true},
                   {"REJECTED", true}, {"ROWS", true}, {"FOLD", true}, {"WAIT", true}, {"ID"}});
  for (const PipelineReport& one : report.pipelines) {
    for (const BatchReport& batch : one.batches) {
      table.add({{one.name},
                 {std::to_string(batch.sequence)},
                 {whole_seconds(batch.committed_at)},
                 {std::to_string(batch.read)},
                 {std::to_string(batch.skipped)},
                 warning(batch.rejected),
                 {std::to_string(batch.rows)},
                 {milliseconds(batch.fold_ms)},
                 {milliseconds(batch.wait_ms)},
                 {batch.id}});
    }
  }
  return table;
}

TextTable instances(const StatusReport& report) {
  TextTable table({{"PIPELINE"}, {"INSTANCE"}, {"STATE"}, {"HOLDS IT"}, {"SEEN", true}, {"VERSION"}, {"CONFIG"}});
  for (const PipelineReport& one : report.pipelines) {
    for (const InstanceReport& instance : one.instances) {
      const char* config = !instance.same_revision ? "-" : *instance.same_revision ? "same" : "differs";
      const std::string state = told_state(instance.state, instance.seen_ago);
      table.add({{one.name},
                 {instance.instance},
                 {state, ink_of(state)},
                 {instance.holds_lease ? "yes" : "no"},
                 {short_duration(instance.seen_ago)},
                 {instance.version},
                 {config}});
    }
  }
  return table;
}

TextTable checkpoints(const StatusReport& report) {
  TextTable table({{"PIPELINE"}, {"TOPIC"}, {"PARTITION", true}, {"NEXT OFFSET", true}});
  for (const PipelineReport& one : report.pipelines) {
    for (const CheckpointReport& checkpoint : one.checkpoints) {
      table.add({{one.name}, {checkpoint.topic}, {std::to_string(checkpoint.partition)},
                 {checkpoint.next_offset}});
    }
  }
  return table;
}

}  // namespace

std::string status_text(const StatusReport& report, bool colour, std::size_t widest) {
  std::string text;
  for (const TextTable& table :
       {pipelines(report), batches(report), instances(report), checkpoints(report)}) {
    text += (text.empty() ? "" : "\n") + table.render(colour, widest, "");
  }
  return text;
}

}  // namespace tallymill
