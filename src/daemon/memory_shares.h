#pragma once

#include <cstddef>
#include <optional>

#include "base/error.h"
#include "config/spec.h"

namespace tallymill {

// How memory_limit is divided (promise P4). Per pipeline: prefetch, and the tables of the open and
// the cut batch. What a batch costs on its way to Postgres comes on top of its tables: merging
// workers' tables, sorting, one slice of arrays, here and in libpq.
struct MemoryShares {
  std::size_t prefetch = 0;     // Bytes of one pipeline's fetched messages.
  std::size_t open_limit = 0;   // Bytes of one pipeline's open batch.
  std::size_t lookup_limit = 0; // Bytes of one lookup's file.
  std::size_t largest_document = 0;  // Bytes of one record's value.
};

// The least memory_limit that these pipelines can run in.
[[nodiscard]] std::size_t memory_floor(const Spec& spec);

// Fails with Reaction::stop if memory_limit is below the floor.
[[nodiscard]] Result<MemoryShares> divide_memory(const Spec& spec);

// The same for a pipeline that goes on while others come and go: it keeps what `held` says of fetching
// ahead and of documents. Nothing if what it fetches ahead leaves too little of its new share for the
// rest.
[[nodiscard]] std::optional<MemoryShares> divide_around(const Spec& spec, const MemoryShares& held);

}  // namespace tallymill
