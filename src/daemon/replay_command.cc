#include "daemon/replay_command.h"

#include <algorithm>
#include <cstdio>

#include "base/counted.h"
#include "base/log.h"
#include "daemon/build.h"
#include "daemon/command_failure.h"
#include "daemon/exit_codes.h"
#include "daemon/secrets.h"
#include "pipeline/replay.h"
#include "pipeline/replay_starts.h"
#include "sink/postgres/orders.h"
#include "sink/postgres/postgres_replay.h"
#include "sink/postgres/postgres_store.h"

namespace tallymill {
namespace {

class ReplayCommand {
 public:
  ReplayCommand(const Spec& spec, const PipelineSpec& live, const std::string& aggregation,
                std::optional<Timestamp> from, LoseTopics lose)
      : spec_(spec),
        live_(live),
        from_(from),
        lose_(lose),
        shadow_(shadow_of(live, aggregation, from)),
        session_(new_session()),
        store_(make_postgres_replay(spec_.postgres, live_, shadow_, from_, resolve_secret)) {
    spec_.instance += "-replay";  // The daemon's own name on this host is the daemon's.
  }

  Result<std::string> plan() {
    TRY_ASSIGN(const LiveStanding standing, store_->look());
    TRY_ASSIGN(const auto starts, find_starts(standing));
    std::string text = "read again into table " + name_of(shadow_) + ", up to where the pipeline stands:\n";
    for (const Checkpoint& start : starts.checkpoints) {
      if (is_closed(start.topic_id)) continue;
      text += "  " + start.where.str() + " from offset " + start.next_offset.str() + " on\n";
    }
    text += losses(starts);
    text += "then exchange the rows of " + live_table() +
            (from_ ? " of windows from " + to_string(*from_) + " on" : "") + ", in one transaction\n";
    return text;
  }

  Result<std::string> run() {
    TRY(prepare());
    const ReplayParts parts{*store_, system_clock(),
                            [this](const DrainLimits& limits, const RecordSet& rejected) {
                              return count(limits, rejected);
                            },
                            [](std::int64_t round) {
                              std::printf("round %lld\n", static_cast<long long>(round));
                              std::fflush(stdout);
                            }};
    TRY_ASSIGN(const std::int64_t rows, replay(parts));
    return "exchanged: " + live_table() + " has " + counted(rows, "row") +
           (from_ ? " from " + to_string(*from_) + " on" : "") + "\n";
  }

  Result<std::string> abandon() { return drop(postgres::DropTables::yes); }

 private:
  Result<std::string> drop(postgres::DropTables tables) {
    return postgres::drop_pipeline(spec_.postgres, shadow_.name, tables, postgres::Rehearsal::no, resolve_secret);
  }

  Result<ReplayStarts> find_starts(const LiveStanding& standing) {
    TRY_ASSIGN(const auto source, open_source(spec_, live_));
    return replay_starts(shadow_, standing, from_, lose_, *source);
  }

  static std::string losses(const ReplayStarts& starts) {
    std::string text;
    for (const std::string& lost : starts.lost) text += "  falls out of the table: " + lost + "\n";
    return text;
  }

  // Makes the shadow, unless an earlier try did: then it goes on where that was.
  Result<void> prepare() {
    const auto store = make_postgres_store(spec_.postgres, shadow_, {spec_.instance, session_},
                                           resolve_secret);
    // Looked at first: without the live pipeline there is nothing to shadow.
    TRY_ASSIGN(const LiveStanding standing, store_->look());
    auto opened = store->open();
    // One that was killed before its first batch is not refused, but its checkpoints are not ours.
    const bool other = opened.ok() ? opened->fingerprint != shadow_.fingerprint
                                   : opened.error().code() == "config_changed";
    if (other) {
      return Error(Reaction::stop, "replay_running",
                   "a replay with another --from or configuration is under way; let it end, or end "
                   "it: tallymill replay --abandon");
    }
    if (!opened.ok()) return opened.error();
    if (!opened->checkpoints.empty()) return may_leave_out(standing, lose_);
    const auto starts = find_starts(standing);
    if (!starts.ok()) {
      // What was made just now would be in the way of the reset that may be advised. A table that a DBA made,
      // and that holds nothing yet, stays.
      (void)drop(spec_.postgres.ddl == DdlPolicy::apply ? postgres::DropTables::yes : postgres::DropTables::no);
      return starts.error();
    }
    std::fputs(losses(*starts).c_str(), stdout);
    TRY(store->insert_checkpoints(starts->checkpoints, *opened));
    return {};
  }

  Result<void> count(const DrainLimits& limits, const RecordSet& rejected) {
    TRY_ASSIGN(const MemoryShares memory, divide_memory(spec_));
    const auto metrics = make_metrics_registry();
    TRY_ASSIGN(const auto built,
               build_pipeline({spec_, shadow_, memory, *metrics, session_, make_heart(spec_.postgres), true,
                               limits, rejected}));
    built->run([] {});
    auto failure = built->failure();
    if (!failure) return {};
    // What it advises is for a pipeline that somebody can resume.
    if (failure->code() != "data_lost") return *std::move(failure);
    return Error(Reaction::stop, "replay_impossible",
                 "the topics lost records before they were read again, as the line before says; end this replay: "
                 "tallymill replay --abandon");
  }

  static std::string name_of(const PipelineSpec& pipeline) {
    const TablePlan& plan = pipeline.aggregations.front().plan;
    return plan.schema + "." + plan.table;
  }
  [[nodiscard]] std::string live_table() const {
    const std::string shadow = name_of(shadow_);
    return shadow.substr(0, shadow.size() - std::string("_replay").size());
  }

  Spec spec_;
  const PipelineSpec& live_;
  const std::optional<Timestamp> from_;
  const LoseTopics lose_;
  const PipelineSpec shadow_;
  const std::string session_;
  std::unique_ptr<ReplayStore> store_;
};

// What the command line asks for, held against the aggregation; nothing if it is wrong.
std::optional<std::string> why_wrong(const PipelineSpec& pipeline, const CommandLine& line) {
  std::string known;
  for (const AggregationSpec& one : pipeline.aggregations) {
    known += (known.empty() ? "" : ", ") + one.name;
    if (one.name != line.aggregation) continue;
    constexpr std::size_t longest_table = 63 - 7;
    if (one.plan.table.size() > longest_table) {
      return "the name of table " + one.plan.table + " is too long for a shadow's beside it";
    }
    if (line.from && !one.window) {
      return "aggregation " + one.name + " has no windows, so it is rebuilt from the start: leave --from out";
    }
    return std::nullopt;
  }
  return "there is no aggregation " + line.aggregation + " in pipeline " + pipeline.name + "; it has " +
         known;
}

// The window's boundary at or before that time.
std::optional<Timestamp> boundary(const PipelineSpec& pipeline, const CommandLine& line) {
  if (!line.from) return std::nullopt;
  const auto one = std::find_if(
      pipeline.aggregations.begin(), pipeline.aggregations.end(),
      [&](const AggregationSpec& aggregation) { return aggregation.name == line.aggregation; });
  return window_start(*line.from, *one->window);
}

}  // namespace

int replay_command(const Spec& spec, const PipelineSpec& pipeline, const CommandLine& line) {
  if (const auto wrong = why_wrong(pipeline, line)) {
    std::fprintf(stderr, "tallymill: %s\n", wrong->c_str());
    return exit_code::usage;
  }
  configure_log(spec.log.level, spec.log.format);
  ReplayCommand command(spec, pipeline, line.aggregation, boundary(pipeline, line),
                        line.accept_topic ? LoseTopics::yes : LoseTopics::no);
  const auto done = line.abandon ? command.abandon() : line.dry_run ? command.plan() : command.run();
  if (!done.ok()) return command_failed(spec, done.error());
  std::fputs(done->c_str(), stdout);
  return exit_code::ok;
}

}  // namespace tallymill
