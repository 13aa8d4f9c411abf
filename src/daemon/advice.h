#pragma once

#include <string_view>

#include "pipeline/history_view.h"

namespace tallymill {

// What a person does about it, in one sentence. The codes are those of docs/operations.md.
[[nodiscard]] std::string_view what_to_do(const Trouble& trouble);

}  // namespace tallymill
