#include "pipeline/part.h"

#include "base/hash.h"
#include "base/seeded_bug.h"

namespace tallymill {

Anchor anchor_of(const Record& record) {
  std::uint64_t hash = 0;
  if (record.key) hash = stable_hash_bytes(*record.key, hash);
  if (record.value) hash = stable_hash_bytes(*record.value, hash);
  return {record.offset, record.timestamp, hash};
}

std::string rewritten_log(Offset next) {
  return "the record at this offset is not the one that was counted: the log was truncated and written "
         "anew; the range from here to " +
         next.str() +
         " (its true end unknown) was counted from records that are gone; restore them, or go on and "
         "have the gap recorded: tallymill resume --accept-gap, or on_data_loss: record_gap for all times";
}

BatchRange end_range(PartitionProgress& partition) {
  BatchRange range{partition.where, partition.topic_id, partition.from, partition.next,
                   partition.replaces_topic_id, partition.leader_epoch, partition.anchor};
  if (seeded(Bug::checkpoint_off_by_one)) range.to = Offset(range.to.value() - 1);
  partition.from = partition.next;
  partition.changed = false;
  partition.replaces_topic_id.reset();
  return range;
}

}  // namespace tallymill
