#pragma once

#include <vector>

#include "base/digest.h"
#include "model/batch.h"

namespace tallymill {

// Digests of what a batch contributes, in canonical order. They do not depend on the number of
// workers or on the interleaving of partitions, so reading the same ranges again gives the same
// (promise P5).

// REQUIRES: in the order of their keys.
[[nodiscard]] Digest rows_digest(const Rows& rows);
// REQUIRES: in the order of their places. Over which records were rejected and why; not over bytes
// or messages, whose form is no contribution.
[[nodiscard]] Digest rejects_digest(const std::vector<DeadLetter>& letters);

// Over fingerprint, ranges, versions of lookups, and the digests of the parts.
// REQUIRES: table_digests and rejects_digest are set.
[[nodiscard]] Digest batch_digest(const Batch& batch);

}  // namespace tallymill
