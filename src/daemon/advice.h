#pragma once

#include <string>

#include "pipeline/history_view.h"

namespace tallymill {

// What a person does about it: the cure of its code in the table that explains it, as plain text.
[[nodiscard]] std::string what_to_do(const Trouble& trouble);

}  // namespace tallymill
