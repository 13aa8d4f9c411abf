#pragma once

#include "base/digest.h"
#include "model/batch.h"

namespace tallymill {

// A digest of what the batch contributes, in canonical order: ranges, rows by key, rejects. It does
// not depend on the number of workers or on the interleaving of partitions, so reading the same
// ranges again gives the same digest (promise P5).
[[nodiscard]] Digest batch_digest(const Batch& batch);

}  // namespace tallymill
