#pragma once

#include <string>

namespace tallymill {

// The JSON Schema (draft 2020-12) of a configuration file, printed from the table of keys, for editors:
// names, types, words, how durations and sizes are written, and ${VAR} wherever it may stand. It asks
// for no key that another file of the folder, or `defaults`, may hold. The loader checks more.
[[nodiscard]] std::string json_schema();

}  // namespace tallymill
