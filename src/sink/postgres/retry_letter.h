#pragma once

#include "sink/dead_letter_store.h"
#include "sink/postgres/session.h"

namespace tallymill::postgres {

// The transaction of DeadLetterStore::retry. Leaves none open.
[[nodiscard]] Result<RetryResult> retry_letter(Session& session, const StoredLetter& letter,
                                               Batch batch);

}  // namespace tallymill::postgres
