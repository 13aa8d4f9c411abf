#pragma once

// One pipeline from its source to its store: starts, folds, cuts at triggers, commits, and comes
// back from every fault by following the checkpoint.
//
// Invariants (rule R13): at most one batch is cut and not yet committed; the open batch expects the
// ends of the cut one and is not sent before that is acknowledged; a drop, for any reason, discards
// both, raises the epoch and reads all checkpoint rows again.
//
// Threads: step() and run() by the pipeline's own thread, which never waits for the store. Blocking
// work runs on three executors: `writer` makes every call to the store, `inquiries` asks the source
// and loads lookups, `heart` (all pipelines of a process have one) tells the other instances that this
// one lives. Fold workers have their threads. name(), status(), state(), history(), request_stop(),
// limit_open() and finished() by any thread.

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"
#include "base/task.h"
#include "base/wakeup.h"
#include "config/spec.h"
#include "metrics/pipeline_metrics.h"
#include "pipeline/backoff.h"
#include "pipeline/commit_job.h"
#include "pipeline/fold_worker.h"
#include "pipeline/history.h"
#include "pipeline/bisection.h"
#include "pipeline/lease_watch.h"
#include "pipeline/lookups.h"
#include "pipeline/outage_log.h"
#include "pipeline/pipeline_options.h"
#include "pipeline/reject_ratio.h"
#include "pipeline/start_job.h"
#include "pipeline/status.h"
#include "pipeline/watchdog.h"
#include "sink/presence.h"
#include "sink/store.h"
#include "source/source.h"

namespace tallymill {

class Pipeline {
 public:
  Pipeline(PipelineParts parts, PipelineOptions options);
  ~Pipeline();

  // Runs workers and steps until finished. Blocks. `moved` is called after each step in which nothing
  // hung: by the pipeline's own thread, many times a second.
  void run(const std::function<void()>& moved = [] {});

  // Does what is due and returns how long nothing else will be, unless something happens. Tests
  // call it by hand, with worker(i).step() in between.
  Duration step();

  // Cuts, commits, gives the lease up if it leaves for good, and finishes; gives up after stop_patience.
  // Asked for both, it leaves for good. No table of a lookup is read any more.
  void request_stop(Leaving leaving = Leaving::for_good);
  // From now on; what is open and exceeds it is cut at the next step.
  void limit_open(std::size_t bytes) { open_limit_ = bytes; }
  [[nodiscard]] bool finished() const { return finished_; }
  // Why it finished, if not for a request or a drained input.
  [[nodiscard]] std::optional<Error> failure() const;
  [[nodiscard]] PipelineStatus status() const;
  // status().state, for whoever asks often: the rest takes summing up.
  [[nodiscard]] PipelineState state() const;
  [[nodiscard]] const std::string& name() const { return spec_.name; }
  [[nodiscard]] const History& history() const { return history_; }
  // Its own threads go round: each worker did within the last minute. The writer is not judged: it waits
  // for Postgres by deadlines that somebody configured, and a large batch has many. By the pipeline's own
  // thread, which goes round if it asks.
  [[nodiscard]] bool moves() const;

  [[nodiscard]] std::size_t worker_count() const { return workers_.size(); }
  [[nodiscard]] FoldWorker& worker(std::size_t index) { return *workers_[index]; }

 private:
  enum class Phase : std::uint8_t {
    starting, running, standby, paused, stopped, finishing, finished
  };
  // Where the store was known to stand when it was asked, and where it does.
  struct Standing {
    std::optional<std::int64_t> expected;  // At least; nothing while a batch waits.
    std::optional<std::int64_t> found;     // Nothing if another session holds the lease.
  };
  // What was so when a heartbeat was said; what it found says nothing about anything later.
  struct Said {
    Phase phase = Phase::starting;
    AssignmentEpoch epoch;
    std::optional<std::int64_t> sequence;
    SteadyTime at{};
  };
  // What a piece of upkeep found.
  struct Upkeep {
    bool more_to_prune = false;
    std::optional<Standing> standing;
    std::optional<Orders> orders;
  };

  // pipeline.cc: phases.
  void step_standby(SteadyTime now);
  void step_paused(SteadyTime now);
  void step_stopped(SteadyTime now);
  [[nodiscard]] Duration idle_time(SteadyTime now) const;

  // pipeline_starting.cc: from the checkpoint to the first record.
  void step_starting(SteadyTime now);
  void started(StartOutcome outcome, SteadyTime now);
  [[nodiscard]] Offset drain_limit(const PartitionProgress& partition, Offset end) const;

  // pipeline_transitions.cc: from one phase to another.
  // Forgets everything in memory and starts again from the checkpoint.
  void restart(SteadyTime now);
  // Fetches nothing until the next start.
  void unassign();
  // For who asks what went wrong lately.
  void note(Trouble::Kind kind, std::string_view code, std::string_view message);
  void note_waiting(const Error& error);
  void drop(std::string_view why, const std::string& detail, SteadyTime now);
  void stop(Error error, SteadyTime now);
  // Gives everything up, the lease too, until a person says otherwise.
  void pause(SteadyTime now);
  void step_finishing();
  void set_phase(Phase phase, std::string detail = {});

  // pipeline_running.cc: cuts and commits.
  void step_running(SteadyTime now);
  void settle(SteadyTime now);
  [[nodiscard]] bool writer_idle() const { return !commit_.busy() && !waiting_; }
  [[nodiscard]] bool cut_is_due(SteadyTime now) const;
  [[nodiscard]] bool is_full() const;
  [[nodiscard]] bool all_at_limit() const;
  [[nodiscard]] bool anything_open() const;
  void cut(SteadyTime now);
  void send(CommitJob job);
  void handle_verdict(CommitVerdict verdict, SteadyTime now);
  void acknowledged(const CommitVerdict& verdict, SteadyTime now);
  void isolate(const CommitVerdict& verdict, SteadyTime now);

  // pipeline_presence.cc: the other instances.
  void show_up(SteadyTime now);
  void heed(const Surroundings& found, SteadyTime now);
  void obey(const Orders& orders, SteadyTime now);
  [[nodiscard]] Duration beat_period() const;
  [[nodiscard]] bool is_deaf(SteadyTime now) const;
  void note_hearing(SteadyTime now);
  void meet(std::vector<Peer> peers);
  void hand_over(SteadyTime now);
  // `how` says what `instance` has ahead of this one.
  void stand_by(const std::string& instance, const char* how, SteadyTime now);
  void keep_warm(SteadyTime now);

  // pipeline_upkeep.cc: what goes on beside the batches.
  void handle_events(SteadyTime now);
  void note_availability(const SourceEvent& event);
  void keep_up(SteadyTime now);
  [[nodiscard]] Duration renewal_period(SteadyTime now) const;
  void renew_lease(SteadyTime now);
  void look_for_orders(SteadyTime now);
  [[nodiscard]] std::optional<std::int64_t> expected_sequence() const;
  // Returns false if it dropped everything.
  bool check(const Standing& standing, SteadyTime now);
  void discover_partitions(SteadyTime now);
  // Returns false if it dropped everything.
  bool compare_with_assigned(const std::vector<TopicInfo>& topics, SteadyTime now);
  void miss(std::string missing);
  void ask_for_topics(SteadyTime now);

  // pipeline_gauges.cc: what it shows of itself.
  void observe(SteadyTime now);
  void observe_lookups(SteadyTime now);
  void observe_waiting(SteadyTime now);
  void show_age(std::optional<double> seconds);
  void observe_partitions(const std::map<TopicPartition, Offset>& ends, SteadyTime now);

  PipelineParts parts_;
  const PipelineOptions options_;
  const PipelineSpec& spec_;
  std::vector<std::unique_ptr<FoldWorker>> workers_;
  Wakeup wakeup_;
  const std::function<void()> wake_ = [this] { wakeup_.notify(); };

  Phase phase_ = Phase::starting;
  AssignmentEpoch epoch_;
  std::vector<std::pair<TopicPartition, TopicId>> assigned_;  // In the order of the assignment.
  std::vector<Checkpoint> committed_;     // As stored, to the best of our knowledge; in (topic, partition) order.
  std::int64_t sequence_ = 0;             // Of the last committed batch.
  std::vector<Gap> open_gaps_;            // To be committed with the next batch.
  std::vector<BatchRange> closing_;       // With them.
  FirstOffsets first_;
  std::vector<Checkpoint> restore_;       // Rows to be put back by the next start.
  std::set<std::optional<TopicPartition>> unavailable_;  // The source as a whole: nothing.
  Truncations truncations_;  // As the source reported, until a batch has passed them.
  Lookups lookups_;
  Bisection bisection_;
  LeaseWatch lease_watch_;
  History history_;
  OutageLog outage_;
  OutageLog heart_outage_;
  Watchdog watchdog_;
  RejectRatio reject_ratio_;
  Backoff start_backoff_;
  Backoff commit_backoff_;
  Backoff heart_backoff_;
  Backoff warm_backoff_;  // Of a standby that looks for its topics.

  Task<StartOutcome> start_;
  Task<CommitVerdict> commit_;
  Task<Result<Lease>> observation_;
  Task<Result<Upkeep>> upkeep_;  // Renewing or releasing the lease, looking for orders, pruning.
  Task<Result<std::vector<TopicInfo>>> discovery_;
  Task<Result<Surroundings>> heartbeat_;
  Task<bool> farewell_;
  std::size_t cut_bytes_ = 0;             // Of the batch that was cut last.
  std::optional<CommitJob> waiting_;      // Cut, to be tried again at retry_at_.
  std::optional<Error> stop_after_cut_;   // A record stopped the pipeline; what precedes it counts.

  bool own_name_may_take_ = true;
  bool holds_lease_ = false;
  bool counts_ = false;           // No other instance did since this one began.
  std::string ahead_;             // The instance that this one stood by for since it last counted.
  bool start_failed_ = false;     // The last try; a lease is not kept for the next one.
  bool accepted_ = false;         // A start of this process found nothing wrong with the configuration.
  bool shown_ = false;            // The other instances know of this one.
  Said said_;                     // With the last heartbeat.
  std::string heart_error_;       // Of the last heartbeat that failed.
  bool doubtful_ = false;         // The lease, by what a heartbeat found; a renewal finds out.
  bool asked_ = false;            // For the lease: it may be given to us any moment.
  std::optional<Lease> successor_;  // Who asks for the pipeline; gets it once the cut batch is committed.
  std::string standby_trouble_ = "the topics are not known yet";  // Why taking over would not work.
  std::string missing_;           // What patterns wait for, while others are read.
  bool nothing_yet_ = false;      // No topic matches, as the last start found.
  bool reassign_wanted_ = false;  // New partitions: start again once the cut batch is committed.
  bool release_started_ = false;
  bool released_ = false;
  bool pause_wanted_ = false;     // Once the cut batch is committed.
  std::optional<std::int64_t> orders_given_;  // The last command that was obeyed.
  std::uint64_t random_state_;    // For batch ids.
  SteadyTime retry_at_{};
  SteadyTime next_trigger_{};
  SteadyTime cut_at_{};
  SteadyTime last_commit_at_{};
  SteadyTime counted_all_at_{};   // The last commit, or when nothing was left to count.
  SteadyTime renewed_at_{};
  SteadyTime next_prune_{};
  SteadyTime next_discovery_{};
  SteadyTime next_observation_{};
  SteadyTime next_beat_{};
  std::optional<SteadyTime> deaf_since_;  // The store answered, and heartbeats were not answered.
  SteadyTime writer_moved_at_{};  // When it last finished something, or had nothing to do.
  SteadyTime next_gauges_{};
  std::optional<SteadyTime> stop_by_;

  std::atomic<std::size_t> open_limit_;
  std::atomic<bool> stop_requested_{false};
  std::atomic<bool> returns_{false};
  std::atomic<bool> leaves_for_good_{false};
  // Workers leave off, so that one more cut takes everything: the pipeline stops or starts again.
  std::atomic<bool> winding_up_{false};
  std::atomic<bool> finished_{false};
  mutable std::mutex status_mutex_;  // Guards status_ and failure_.
  PipelineStatus status_;
  std::optional<Error> failure_;
};

}  // namespace tallymill
