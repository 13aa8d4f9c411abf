#include "daemon/memory_shares.h"

#include <algorithm>

namespace tallymill {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
// Code, client libraries, threads' stacks, log queue: measured at about 25 MiB when idle.
constexpr std::size_t process_share = 32 * mebibyte;
// Slices on their way to Postgres, ours and libpq's copy.
constexpr std::size_t serialization_share = 12 * mebibyte;
// What a byte of a lookup costs at most: the contents in use; those of the batch that is written, which are one
// with them or the ones before, their text and what it is compressed to; and those being read, twice while
// they grow. What was read is in use before more is.
constexpr std::size_t bytes_per_lookup_byte = 6;
// The open batch is one: the cut one has as much, merging copies it once, and a hash table that grows holds
// both sizes for a moment.
constexpr std::size_t parts_of_open_batch = 5;
constexpr std::size_t least_per_pipeline = 24 * mebibyte;

std::size_t share_of_each(const Spec& spec) {
  const std::size_t pipelines = std::max<std::size_t>(spec.pipelines.size(), 1);
  return (static_cast<std::size_t>(spec.memory_limit) - process_share) / pipelines;
}

// Of what lookups and fetching ahead leave.
std::size_t open_limit_within(std::size_t each, std::size_t lookups, std::size_t prefetch) {
  return (each - lookups - prefetch - std::min(serialization_share, each / 4)) / parts_of_open_batch;
}

// The most lookups that a pipeline has.
std::size_t count_lookups(const Spec& spec) {
  std::size_t most = 0;
  for (const PipelineSpec& pipeline : spec.pipelines) most = std::max(most, pipeline.lookups.size());
  return most;
}

// A quarter where there are any.
std::size_t lookup_share(std::size_t each, std::size_t lookups) { return lookups == 0 ? 0 : each / 4; }

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
  const std::size_t each = share_of_each(spec);
  const std::size_t lookups = count_lookups(spec);
  const std::size_t for_lookups = lookup_share(each, lookups);
  MemoryShares shares;
  shares.lookup_limit = lookups == 0 ? 0 : for_lookups / (lookups * bytes_per_lookup_byte);
  shares.prefetch = std::min(each / 8, 64 * mebibyte);
  shares.largest_document = std::clamp(each / 64, mebibyte, 16 * mebibyte);
  shares.open_limit = open_limit_within(each, for_lookups, shares.prefetch);
  return shares;
}

std::optional<MemoryShares> divide_around(const Spec& spec, const MemoryShares& held) {
  const auto divided = divide_memory(spec);
  if (!divided.ok()) return std::nullopt;
  const std::size_t each = share_of_each(spec);
  // Three times what it would get: with lookups and statements at their quarters an eighth is left.
  if (held.prefetch / 3 > each / 8) return std::nullopt;
  MemoryShares shares = *divided;
  shares.prefetch = held.prefetch;
  shares.largest_document = held.largest_document;
  shares.open_limit = open_limit_within(each, lookup_share(each, count_lookups(spec)), held.prefetch);
  return shares;
}

}  // namespace tallymill
