#pragma once

// Where in the file each byte of a scalar's value comes from, through quotes, escapes and folded
// lines, so that a problem inside an expression points at its character.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace tallymill {

// Entry i is the offset in `source` of byte i of `value`; the last entry is where the scalar ends,
// its closing quote included. `begin` is where the scalar starts. Nothing if `value` is not what
// stands there.
[[nodiscard]] std::optional<std::vector<std::size_t>> map_to_source(std::string_view source,
                                                                    std::size_t begin,
                                                                    std::string_view value);

}  // namespace tallymill
