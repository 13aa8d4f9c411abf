#include "pipeline/commit_job.h"

#include <string>
#include <utility>

#include "base/seeded_bug.h"
#include "model/batch_words.h"
#include "pipeline/topics.h"

namespace tallymill {
namespace {

constexpr Duration ask_timeout = std::chrono::seconds(2);

CommitVerdict verdict(CommitVerdict::Kind kind, std::string_view outcome, Error error) {
  CommitVerdict made;
  made.kind = kind;
  made.outcomes.push_back(outcome);
  made.result.error = std::move(error);
  return made;
}

// Asks the cluster whether the topics still are the ones that were read (rule R14).
std::optional<CommitVerdict> check_topics(const CommitJob& job) {
  if (seeded(Bug::topic_known_by_name)) return std::nullopt;
  const std::vector<std::string> topics = names_of(job.batch->ranges);
  auto ids = job.source.topic_ids(topics, ask_timeout);
  if (!ids.ok()) {
    return verdict(CommitVerdict::Kind::later, commit_outcome("topics_unknown"),
                   ids.error().within("asking for the topics' ids before committing"));
  }
  // Both are in order of topic: there may be thousands of either.
  std::size_t i = 0;
  for (const BatchRange& range : job.batch->ranges) {
    while (topics[i] != range.where.topic) ++i;
    const TopicId expected = is_closed(range.topic_id) ? TopicId() : range.topic_id;
    if ((*ids)[i] == expected) continue;
    return verdict(CommitVerdict::Kind::drop, commit_outcome("topic_changed"),
                   Error(Reaction::reassign, "topic_changed",
                         "topic " + range.where.topic + " was deleted or made anew while it was read"));
  }
  return std::nullopt;
}

std::string_view name_of(Resolution::Kind kind) {
  switch (kind) {
    case Resolution::Kind::committed: return commit_outcome("committed");
    case Resolution::Kind::superseded: return commit_outcome("superseded");
    case Resolution::Kind::rewound: return commit_outcome("rewound");
    case Resolution::Kind::rows_gone: return commit_outcome("rows_gone");
    case Resolution::Kind::refused: return commit_outcome("refused");
    case Resolution::Kind::lease_lost: return commit_outcome("lease_lost");
    case Resolution::Kind::mixed:
    case Resolution::Kind::try_again:
    case Resolution::Kind::renumber: break;  // The last two end nothing, so nobody asks for their names.
  }
  return commit_outcome("mixed");
}

// Decides a commit whose fate is not known. Returns nothing if the batch may be tried again.
std::optional<CommitVerdict> decide(CommitJob& job) {
  auto resolution = job.store.resolve(*job.batch);
  if (!resolution.ok()) {
    CommitVerdict unknown;
    unknown.result.error = resolution.error();
    unknown.resolve_first = true;
    return unknown;
  }
  const Resolution::Kind kind = resolution->kind;
  if (kind == Resolution::Kind::try_again) return std::nullopt;
  if (kind == Resolution::Kind::renumber) {
    auto renumbered = std::make_shared<Batch>(*job.batch);
    renumbered->sequence = resolution->progress.sequence + 1;
    job.batch = std::move(renumbered);
    return std::nullopt;
  }
  CommitVerdict decided = verdict(CommitVerdict::Kind::drop, name_of(kind),
                                  Error(Reaction::reassign, std::string(name_of(kind)), resolution->detail));
  if (kind == Resolution::Kind::committed) decided.kind = CommitVerdict::Kind::acked;
  if (kind == Resolution::Kind::refused) {
    decided.kind = CommitVerdict::Kind::stop;
    decided.result.error =
        Error(Reaction::stop, "refused",
              "another instance counts this pipeline with another configuration or from another "
              "topic (" + resolution->detail +
                  "); stop it, or give this one's pipeline and tables new names");
  }
  decided.resolution = std::move(resolution).value();
  return decided;
}

CommitVerdict try_commit(CommitJob& job) {
  const std::int64_t sequence = job.batch->sequence;
  CommitResult result = job.store.commit(*job.batch);
  using Kind = CommitVerdict::Kind;
  const auto end = [&result](Kind kind, std::string_view outcome) {
    CommitVerdict made = verdict(kind, outcome, result.error);
    made.result = std::move(result);
    return made;
  };
  switch (result.kind) {
    case CommitResult::Kind::acked: return end(Kind::acked, commit_outcome("acked"));
    case CommitResult::Kind::failed: return end(Kind::later, commit_outcome("failed"));
    case CommitResult::Kind::refused_data: return end(Kind::isolate, commit_outcome("refused_data"));
    case CommitResult::Kind::refused_merge: return end(Kind::stop, commit_outcome("refused_merge"));
    case CommitResult::Kind::stop: return end(Kind::stop, commit_outcome("stop"));
    case CommitResult::Kind::unknown:
    case CommitResult::Kind::conflict: break;
  }
  const std::string_view outcome = result.kind == CommitResult::Kind::unknown ? commit_outcome("unknown")
                                                                               : commit_outcome("conflict");
  auto decided = decide(job);
  // Under its new number there is nothing to wait for.
  if (!decided && job.batch->sequence != sequence) return try_commit(job);
  if (!decided) return end(Kind::later, outcome);
  decided->outcomes.insert(decided->outcomes.begin(), outcome);
  return *std::move(decided);
}

}  // namespace

CommitVerdict run_commit_job(CommitJob& job) {
  if (!job.batch) {
    auto batch = assemble(job.spec, std::move(job.parts), std::move(job.context));
    if (!batch.ok()) return verdict(CommitVerdict::Kind::stop, commit_outcome("stop"), batch.error());
    job.batch = std::move(batch).value();
  }
  const auto run = [&job]() -> CommitVerdict {
    if (!job.topics_checked) {
      if (auto changed = check_topics(job)) return *std::move(changed);
      job.topics_checked = true;
    }
    if (job.resolve_first) {
      if (auto decided = decide(job)) return *std::move(decided);
    }
    return try_commit(job);
  };
  CommitVerdict made = run();
  made.batch = job.batch;
  made.topics_checked = job.topics_checked;
  return made;
}

}  // namespace tallymill
