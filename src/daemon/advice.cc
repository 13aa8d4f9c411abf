#include "daemon/advice.h"

#include <algorithm>
#include <array>

namespace tallymill {
namespace {

struct Advice {
  Trouble::Kind kind;
  std::string_view code;
  std::string_view text;
};

using Kind = Trouble::Kind;

constexpr std::array<Advice, 16> advices{{
    {Kind::stopped, "data_lost",
     "Restore the records, or accept the loss: tallymill resume --accept-gap, for a topic that was made "
     "anew --accept-topic. With --dry-run it shows the ranges."},
    {Kind::stopped, "dead_letter_ratio",
     "Correct the producer or a lookup, then tallymill resume; or raise max_dead_letter_ratio and restart."},
    {Kind::stopped, "config_changed",
     "Put the former configuration back, or tallymill reset under this one, or count under new names."},
    {Kind::stopped, "refused", "Restart with the configuration that is in force."},
    {Kind::stopped, "refused_merge", "Settle the row that is named, then tallymill resume."},
    {Kind::stopped, "table_not_empty",
     "Empty the table or name another, then tallymill resume; or tallymill reset --truncate."},
    {Kind::stopped, "table_owned", "Name another table, or renamed_from, and restart."},
    {Kind::stopped, "checkpoint_gone", "Restore the rows, then tallymill resume; or tallymill reset."},
    {Kind::stopped, "lease_taken", "Let the other instance go on, or stop it first."},
    {Kind::dropped, "command", "Nothing: somebody gave a command, and it was followed."},
    {Kind::dropped, "superseded", "Nothing, unless it repeats: then see which other instance counts this pipeline."},
    {Kind::dropped, "lease_lost", "Nothing: another instance counts now. If they take turns, see that both reach "
                                  "Postgres quickly, or raise takeover."},
    {Kind::dropped, "rewound", "Nothing for the counts. See why the database forgot commits: a failover to a "
                               "standby that was behind."},
    {Kind::dropped, "database_refused",
     "Nothing: the range is read again in halves, and what Postgres refuses becomes a dead letter. "
     "tallymill examine shows which record it is."},
    {Kind::dropped, "topic_changed", "If nobody meant to delete the topic, find out who did; the next stop "
                                     "names what is missing."},
    {Kind::dropped, "partition_stalled", "Nothing, unless it repeats: then see whether that partition has a leader."},
}};

}  // namespace

std::string_view what_to_do(const Trouble& trouble) {
  const auto* const found = std::find_if(advices.begin(), advices.end(), [&](const Advice& advice) {
    return advice.kind == trouble.kind && advice.code == trouble.code;
  });
  if (found != advices.end()) return found->text;
  switch (trouble.kind) {
    case Kind::waiting:
      return "Nothing, unless it lasts: the same is tried again. See that Kafka and Postgres can be reached "
             "from here.";
    case Kind::dropped: return "Nothing: the records are read again from the checkpoint.";
    case Kind::stopped: break;
  }
  return "Settle what it says, then tallymill resume. The manual's part on operating has a row for each code.";
}

}  // namespace tallymill
