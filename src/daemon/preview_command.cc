#include "daemon/preview_command.h"

#include <cstdio>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/seconds.h"
#include "daemon/build.h"
#include "daemon/choose_pipeline.h"
#include "daemon/exit_codes.h"
#include "daemon/load_or_explain.h"
#include "daemon/offline_lookups.h"
#include "daemon/preview_report.h"
#include "daemon/terminal.h"
#include "daemon/topic_tail.h"
#include "source/line_file.h"

namespace tallymill {
namespace {

constexpr std::size_t widest_cell = 60;
constexpr std::size_t lines_at_once = 1024;
constexpr std::size_t bytes_at_once = 4 << 20;
constexpr std::size_t usual_line = 64 << 10;

class Preview {
 public:
  // At most `limit` rows of each table, and dead letters, will be shown.
  Preview(const Spec& spec, const PipelineSpec& pipeline, LookupTables lookups,
          const MemoryShares& memory, std::size_t limit)
      : spec_(spec), pipeline_(pipeline), lookups_(std::move(lookups)), memory_(memory) {
    view_.limit = limit;
  }

  // Each line is a record of the pipeline's first topic; its number is its offset.
  Result<void> read_file(const std::string& path) {
    view_.from = path == "-" ? "standard input" : path;
    view_.lines = true;
    TRY_ASSIGN(LineFile file, LineFile::open(path, memory_.largest_document));
    TRY(begin({{pipeline_.source.first_topic(), Partition(0)}}));
    const auto now = system_clock().wall_now().time_since_epoch();
    Arrival arrival = build_arrival(pipeline_, Timestamp(now.count()));
    std::vector<std::string> lines(lines_at_once);
    std::vector<Record> records;
    for (bool more = true; more;) {
      records.clear();
      for (std::size_t bytes = 0; records.size() < lines.size() && bytes < bytes_at_once;) {
        std::string& line = lines[records.size()];
        TRY_ASSIGN(more, file.next(line));
        if (!more) break;
        if (line.find_first_not_of(" \t") == std::string::npos) continue;
        bytes += line.size();
        Record record;
        record.offset = Offset(file.number());
        record.value = line;
        record.timestamp = arrival.of(line);
        records.push_back(record);
      }
      if (!trial_->offer(records)) break;
      // Long lines are rare, and must not keep their memory at every place of the block.
      for (std::string& line : lines) {
        if (line.capacity() > usual_line) std::string().swap(line);
      }
    }
    return {};
  }

  Result<void> read_topics(std::int64_t last) {
    TRY_ASSIGN(const TopicTail tail, open_tail(spec_, pipeline_, last));
    const auto add = [this](const std::string& topic) {
      view_.from += (view_.from.empty() ? "" : ", ") + topic;
    };
    for (const std::string& name : pipeline_.source.topics) add(name);
    for (const TopicPattern& pattern : pipeline_.source.topic_patterns) add(pattern.text());
    std::vector<TopicPartition> partitions;
    for (const TailRange& range : tail.ranges) partitions.push_back(range.where);
    TRY(begin(std::move(partitions)));
    return read_tail(tail, [this](std::span<const Record> records) { return trial_->offer(records); });
  }

  // Prints what the records came to. Returns the exit code.
  Result<int> show() {
    view_.seconds = in_seconds(system_clock().steady_now() - began_);
    TRY_ASSIGN(const TrialOutcome outcome, trial_->finish());
    view_.colour = wants_colour(stdout);
    view_.widest = is_terminal(stdout) ? widest_cell : 0;
    std::fputs(preview_report(pipeline_, outcome, view_).c_str(), stdout);
    const BatchCounts& counts = outcome.batch->counts;
    if (counts.read == 0) std::fprintf(stderr, "tallymill: %s: no records\n", view_.from.c_str());
    return outcome.stopped ? exit_code::failure : exit_code::ok;
  }

 private:
  Result<void> begin(std::vector<TopicPartition> partitions) {
    TRY_ASSIGN(TrialParts parts, build_trial(spec_, pipeline_, lookups_));
    TrialLimits limits;
    limits.memory = memory_.open_limit;
    limits.letters = view_.limit;
    trial_ = std::make_unique<Trial>(std::move(parts), std::move(partitions), limits);
    began_ = system_clock().steady_now();
    return {};
  }

  const Spec& spec_;
  const PipelineSpec& pipeline_;
  const LookupTables lookups_;
  const MemoryShares memory_;
  PreviewView view_;
  std::unique_ptr<Trial> trial_;
  SteadyTime began_{};
};

Result<int> run(const Spec& spec, const PipelineSpec& pipeline, LookupTables lookups,
                const CommandLine& line) {
  TRY_ASSIGN(const MemoryShares memory, divide_memory(spec));
  Preview preview(spec, pipeline, std::move(lookups), memory, static_cast<std::size_t>(line.limit));
  TRY(line.input.empty() ? preview.read_topics(line.last) : preview.read_file(line.input));
  return preview.show();
}

}  // namespace

int preview_command(const CommandLine& line) {
  auto spec = load_or_explain(line.config, line.input.empty() ? Reach::kafka : Reach::nothing);
  if (!spec) return exit_code::configuration;
  const auto pipeline = choose_pipeline(*spec, line.pipeline);
  if (!pipeline.ok()) {
    std::fprintf(stderr, "tallymill: %s\n", pipeline.error().message().c_str());
    return exit_code::usage;
  }
  PipelineSpec& previewed = spec->pipelines[static_cast<std::size_t>(*pipeline - spec->pipelines.data())];
  for (const auto& [name, file] : line.lookups) {
    if (read_from_file(previewed, name, file, {"--lookup", 0, 0})) continue;
    std::fprintf(stderr, "tallymill: --lookup: pipeline %s has no lookup %s\n", previewed.name.c_str(),
                 name.c_str());
    return exit_code::usage;
  }
  OfflineLookups lookups = load_offline(
      *spec, previewed, [](const std::string& lookup) { return "--lookup " + lookup + "=FILE"; });
  if (!lookups.problems.empty()) {
    std::fputs(render(lookups.problems).c_str(), stderr);
    return exit_code::configuration;
  }
  configure_log(LogLevel::warn, LogFormat::text);
  const auto code = run(*spec, previewed, std::move(lookups.tables), line);
  if (code.ok()) return *code;
  std::fprintf(stderr, "tallymill: %s\n", code.error().message().c_str());
  return exit_code::failure;
}

}  // namespace tallymill
