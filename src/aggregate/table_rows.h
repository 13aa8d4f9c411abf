#pragma once

#include <memory>
#include <vector>

#include "aggregate/arena.h"
#include "aggregate/layout.h"
#include "aggregate/slot.h"
#include "model/rows.h"

namespace tallymill {

// Makes rows of a finished table's memory: its groups in key order. Takes no memory of its own, so
// that a cut does not need more than the open batch did.
[[nodiscard]] std::shared_ptr<const Rows> make_rows(std::shared_ptr<const GroupLayout> layout,
                                                    Arena arena, std::vector<Slot> slots);

}  // namespace tallymill
