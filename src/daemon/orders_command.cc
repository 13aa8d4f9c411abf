#include "daemon/orders_command.h"

#include <cstdio>

#include "daemon/build.h"
#include "daemon/command_failure.h"
#include "daemon/exit_codes.h"
#include "daemon/secrets.h"
#include "pipeline/positions.h"
#include "pipeline/topics.h"
#include "sink/postgres/orders.h"
#include "sink/postgres/postgres_store.h"
#include "sink/postgres/reset.h"

namespace tallymill {
namespace {

constexpr Duration patience = std::chrono::seconds(10);

// What is gone now, as the next start would find it. What only reading tells, a record that is not
// the one that was counted, is not among it.
Result<std::vector<Gap>> find_losses(const Spec& spec, const PipelineSpec& pipeline) {
  TRY_ASSIGN(const auto source, open_source(spec, pipeline));
  const auto store = make_postgres_store(spec.postgres, pipeline, {}, resolve_secret);
  TRY_ASSIGN(const Progress progress, store->read_progress());
  TRY_ASSIGN(const auto topics, find_topics(pipeline.source, progress.checkpoints, *source, patience));
  TRY_ASSIGN(const Positions positions,
             compare_with_log(progress, topics, OnDataLoss::record_gap, {}));
  return positions.gaps;
}

Result<std::string> resume(const Spec& spec, const PipelineSpec& pipeline, const CommandLine& line,
                           postgres::Rehearsal rehearsal) {
  const postgres::Acceptance acceptance{line.accept_gap, line.accept_topic};
  std::string losses;
  if (acceptance.gap || acceptance.topic) {
    TRY_ASSIGN(const auto gaps, find_losses(spec, pipeline));
    for (const Gap& gap : gaps) losses += "gone: " + gap_text(gap) + "\n";
    if (gaps.empty()) losses = "no range is gone now\n";
  }
  TRY_ASSIGN(const std::string done, postgres::resume_pipeline(spec.postgres, pipeline.name,
                                                               acceptance, rehearsal, resolve_secret));
  return losses + done;
}

Result<std::string> reset(const Spec& spec, const PipelineSpec& pipeline, const CommandLine& line,
                          postgres::Rehearsal rehearsal) {
  TRY_ASSIGN(const auto source, open_source(spec, pipeline));
  TRY_ASSIGN(const auto topics, find_all_topics(pipeline.source, *source, patience));
  TRY_ASSIGN(const auto starts,
             first_checkpoints({}, topics, line.start.value_or(pipeline.source.start), {}, *source,
                               system_clock().wall_now()));
  return postgres::reset_pipeline(
      spec.postgres, pipeline, starts,
      line.truncate ? postgres::Truncate::yes : postgres::Truncate::no, rehearsal, resolve_secret);
}

Result<std::string> run(const Spec& spec, const PipelineSpec& pipeline, const CommandLine& line) {
  using postgres::Rehearsal;
  const Rehearsal rehearsal = line.dry_run ? Rehearsal::yes : Rehearsal::no;
  switch (line.command) {
    case CommandLine::Command::pause:
      return postgres::pause_pipeline(spec.postgres, pipeline.name, rehearsal, resolve_secret);
    case CommandLine::Command::resume: return resume(spec, pipeline, line, rehearsal);
    case CommandLine::Command::reset: return reset(spec, pipeline, line, rehearsal);
    default: break;
  }
  const auto tables = line.tables ? postgres::DropTables::yes : postgres::DropTables::no;
  return postgres::drop_pipeline(spec.postgres, pipeline.name, tables, rehearsal, resolve_secret);
}

}  // namespace

int orders_command(const Spec& spec, const PipelineSpec& pipeline, const CommandLine& line) {
  const auto done = run(spec, pipeline, line);
  if (!done.ok()) return command_failed(spec, done.error());
  std::fputs(done->c_str(), stdout);
  return exit_code::ok;
}

}  // namespace tallymill
