#pragma once

// ${VAR} and ${VAR:-default} in values, replaced after the file was parsed: whatever a variable
// holds is text, never YAML.

#include <string>
#include <string_view>

#include "config/load.h"
#include "config/parsed.h"

namespace tallymill {

struct Expanded {
  std::string text;
  bool changed = false;  // Something was replaced, so that places inside the text are lost.
  bool whole = false;    // The value was one ${...} and nothing else.
};

// `$${` stands for `${` itself. A variable that is not set and has no default is wrong.
[[nodiscard]] Parsed<Expanded> expand(std::string_view text, const Environment& environment);

}  // namespace tallymill
