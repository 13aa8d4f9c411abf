#pragma once

// The reference pages, printed from the tables that the parser itself uses, so that they cannot
// tell anything else.

#include <string>

#include "model/aggregate_signature.h"

namespace tallymill {

// All keys: a heading for each section, a table row for each key. Markdown.
[[nodiscard]] std::string key_reference();
// Functions and metadata of expressions, and the aggregates of columns. Markdown.
[[nodiscard]] std::string function_reference();
[[nodiscard]] std::string metadata_reference();
[[nodiscard]] std::string aggregate_reference(AggregateCatalog aggregates);

}  // namespace tallymill
