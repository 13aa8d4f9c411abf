#include "daemon/memory_shares.h"

#include <algorithm>

namespace tallymill {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
// Code, client libraries, threads' stacks, log queue: measured at about 25 MiB when idle.
constexpr std::size_t process_share = 32 * mebibyte;
// Slices on their way to Postgres, ours and libpq's copy.
constexpr std::size_t serialization_share = 12 * mebibyte;
// What a byte of a lookup's file costs at most while the file is loaded anew: the table in use, the
// text, its cells, the new table.
constexpr std::size_t bytes_per_lookup_byte = 6;
constexpr std::size_t least_per_pipeline = 24 * mebibyte;

}  // namespace

std::size_t memory_floor(const Spec& spec) {
  return process_share + spec.pipelines.size() * least_per_pipeline;
}

Result<MemoryShares> divide_memory(const Spec& spec) {
  const auto limit = static_cast<std::size_t>(spec.memory_limit);
  const std::size_t floor = memory_floor(spec);
  if (limit < floor) {
    return Error(Reaction::stop, "memory_limit",
                 "memory_limit is " + std::to_string(limit / mebibyte) + "MiB, but " +
                     std::to_string(spec.pipelines.size()) + " pipeline(s) need at least " +
                     std::to_string(floor / mebibyte) + "MiB");
  }
  const std::size_t pipelines = std::max<std::size_t>(spec.pipelines.size(), 1);
  const std::size_t each = (limit - process_share) / pipelines;
  MemoryShares shares;
  // A quarter for lookups where there are any, an eighth for prefetch. Of the rest, the open batch
  // has a fifth: the cut one has as much, merging copies it once, and a hash table that grows holds
  // both sizes for a moment.
  std::size_t lookups = 0;
  for (const PipelineSpec& pipeline : spec.pipelines) {
    lookups = std::max(lookups, pipeline.lookups.size());
  }
  const std::size_t lookup_share = lookups == 0 ? 0 : each / 4;
  shares.lookup_limit = lookups == 0 ? 0 : lookup_share / (lookups * bytes_per_lookup_byte);
  shares.prefetch = std::min(each / 8, 64 * mebibyte);
  shares.largest_document = std::clamp(each / 64, mebibyte, 16 * mebibyte);
  const std::size_t rest =
      each - lookup_share - shares.prefetch - std::min(serialization_share, each / 4);
  shares.open_limit = rest / 5;
  return shares;
}

}  // namespace tallymill
