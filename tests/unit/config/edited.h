#pragma once

#include <string>

#include "support/catch.h"
#include "unit/config/cases.h"

namespace tallymill {

// A configuration in which one place was changed.
inline Loaded load_edited(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  Loaded loaded = load(text);
  INFO(text << render(loaded.problems));
  REQUIRE(loaded.spec.has_value());
  return loaded;
}

}  // namespace tallymill
