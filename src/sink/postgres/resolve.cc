#include "base/seeded_bug.h"
#include "model/find_checkpoint.h"
#include "sink/postgres/commit.h"
#include "sink/postgres/progress.h"

namespace tallymill::postgres {
namespace {

// How the stored rows compare with what the batch expects of them.
struct Standing {
  bool higher = false;
  bool lower = false;
  bool missing = false;
  bool other_topic = false;
  bool all_at_end = true;
  std::string detail;
};

Standing compare(const Progress& progress, const Batch& batch) {
  Standing standing;
  for (const BatchRange& range : batch.ranges) {
    const Checkpoint* stored = find_checkpoint(progress.checkpoints, range.where);
    if (stored == nullptr) {
      standing.missing = true;
      standing.all_at_end = false;
      standing.detail += " " + range.where.str() + " has no row;";
      continue;
    }
    const TopicId expected_id = range.replaces_topic_id.value_or(range.topic_id);
    const bool at_end = stored->next_offset == range.to && stored->topic_id == range.topic_id;
    standing.all_at_end = standing.all_at_end && at_end;
    if (stored->next_offset == range.from && stored->topic_id == expected_id) continue;
    const bool accepted = stored->topic_id == range.topic_id && range.topic_id != expected_id;
    if (stored->topic_id != expected_id && !accepted) {
      standing.other_topic = true;
      standing.detail += " " + range.where.str() + " was counted from another topic of that name;";
    }
    // Offsets of two topics cannot be compared: whoever accepted the new topic went on.
    standing.higher = standing.higher || accepted || stored->next_offset > range.from;
    standing.lower = standing.lower || (!accepted && stored->next_offset < range.from);
    standing.detail += " " + range.where.str() + " stands at " + stored->next_offset.str() +
                       " where " + range.from.str() + " was expected;";
  }
  return standing;
}

// What the ledger says of a batch and of what came instead of it.
struct LedgerSays {
  bool committed = false;
  std::int64_t retries = 0;  // Rows of retried dead letters from the batch's number on.
};

Resolution::Kind decide(const Session& session, const Progress& progress, const Batch& batch,
                        const Standing& standing, const LedgerSays& ledger) {
  using Kind = Resolution::Kind;
  if (ledger.committed) return Kind::committed;
  if (seeded(Bug::rewind_taken_for_rival) && standing.lower) return Kind::refused;
  if (progress.fingerprint != batch.fingerprint || standing.other_topic) return Kind::refused;
  // A batch without a ledger row moves checkpoints and nothing else: then the values are all.
  if (!batch.did_something() && standing.all_at_end && progress.sequence >= batch.sequence) {
    return Kind::committed;
  }
  // Rows that are gone from a database that stands at the batch before this one were deleted. From
  // one that stands elsewhere, they are followed like the others: it did not know them yet.
  const bool stands = progress.sequence + 1 == batch.sequence;
  if (standing.missing && (stands || progress.checkpoints.empty())) return Kind::rows_gone;
  if (standing.missing && progress.sequence < batch.sequence) return Kind::rewound;
  if (standing.missing || (standing.higher && standing.lower)) return Kind::mixed;
  if (standing.higher) return Kind::superseded;
  if (standing.lower) return Kind::rewound;
  if (progress.lease.session != session.identity().session) return Kind::lease_lost;
  if (progress.sequence + 1 < batch.sequence) return Kind::rewound;
  // Numbers that nothing tells of may have been batches.
  if (progress.sequence + 1 == batch.sequence + ledger.retries && ledger.retries > 0) {
    return Kind::renumber;
  }
  if (progress.sequence + 1 > batch.sequence) return Kind::superseded;
  return Kind::try_again;
}

}  // namespace

Result<Resolution> resolve_batch(Session& session, const Batch& batch) {
  TRY_ASSIGN(Connection* const connection, session.connection());
  TRY(session.begin(*connection));
  auto progress = read_progress(session, *connection);
  if (!progress.ok() && progress.error().code() == "pipeline_missing") {
    session.rollback();
    return Resolution{Resolution::Kind::rows_gone, {}, progress.error().message()};
  }
  if (!progress.ok()) return progress.error();
  TRY(connection->pass("resolve.after_lock"));
  TRY_ASSIGN(const QueryResult ledger,
             connection->query("SELECT count(*) FILTER (WHERE sequence = $2::bigint AND id = $3), "
                               "count(*) FILTER (WHERE retried IS NOT NULL) FROM " +
                                   session.table("batch") +
                                   " WHERE pipeline = $1 AND sequence >= $2::bigint",
                               Params()
                                   .text(session.pipeline().name)
                                   .number(batch.sequence)
                                   .text(batch.id),
                               session.statement_timeout()));
  TRY(session.commit(*connection));
  Standing standing = compare(*progress, batch);
  if (progress->fingerprint != batch.fingerprint) {
    standing.detail += " the stored configuration is another one;";
  }
  Resolution resolution;
  resolution.kind = decide(session, *progress, batch, standing,
                           {ledger.number(0, 0) > 0, ledger.number(0, 1)});
  resolution.detail = "batch " + std::to_string(batch.sequence) + ":" + standing.detail +
                      " sequence " + std::to_string(progress->sequence) + ", lease of " +
                      progress->lease.instance;
  resolution.progress = *std::move(progress);
  return resolution;
}

}  // namespace tallymill::postgres
