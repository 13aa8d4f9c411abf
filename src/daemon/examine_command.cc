#include "daemon/examine_command.h"

#include <cstdio>

#include "daemon/build.h"
#include "daemon/command_failure.h"
#include "daemon/exit_codes.h"
#include "daemon/secrets.h"
#include "pipeline/examine.h"
#include "sink/postgres/postgres_rehearsal.h"
#include "sink/postgres/postgres_store.h"

namespace tallymill {
namespace {

constexpr Duration patience = std::chrono::seconds(30);

// From the checkpoints on, or from the record that the command line names.
Result<std::vector<Checkpoint>> positions_of(const Spec& spec, const PipelineSpec& pipeline,
                                             const CommandLine& line) {
  TRY_ASSIGN(Progress progress,
             make_postgres_store(spec.postgres, pipeline, {}, resolve_secret)->read_progress());
  const LetterSelection& which = line.letters;
  std::erase_if(progress.checkpoints, [&](const Checkpoint& one) {
    return (which.topic && one.where.topic != *which.topic) ||
           (which.partition && one.where.partition.value() != *which.partition);
  });
  if (which.offset) {
    for (Checkpoint& one : progress.checkpoints) one.next_offset = Offset(*which.offset);
  }
  return progress.checkpoints;
}

Result<void> run(const Spec& spec, const PipelineSpec& pipeline, const CommandLine& line) {
  TRY_ASSIGN(const auto positions, positions_of(spec, pipeline, line));
  TRY_ASSIGN(const auto source, open_source(spec, pipeline));
  TRY_ASSIGN(const auto records,
             read_records(*source, positions, static_cast<std::size_t>(line.limit), system_clock(),
                          patience));
  TRY_ASSIGN(const auto reading, build_reading(spec, pipeline, *source));
  const auto rehearsal = make_postgres_rehearsal(spec.postgres, pipeline, resolve_secret);
  TRY(examine(reading.parts, reading.lookups, records, *rehearsal, [](const Examined& one) {
    std::printf("%s offset %s: %s", one.where.str().c_str(), one.offset.str().c_str(),
                one.fate.c_str());
    for (std::size_t i = 0; i < one.tables.size(); ++i) {
      std::printf("%s%s", i == 0 ? " by " : ", ", one.tables[i].c_str());
    }
    std::printf("%s%s\n", one.why.empty() ? "" : ": ", one.why.c_str());
  }));
  std::printf("%zu records\n", records.size());
  return {};
}

}  // namespace

int examine_command(const Spec& spec, const PipelineSpec& pipeline, const CommandLine& line) {
  const auto done = run(spec, pipeline, line);
  if (done.ok()) return exit_code::ok;
  return command_failed(spec, done.error());
}

}  // namespace tallymill
