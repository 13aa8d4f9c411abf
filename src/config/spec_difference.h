#pragma once

#include <string>
#include <string_view>

namespace tallymill {

// What two canonical texts of pipelines (config/fingerprint.h) do not share, for a person: a line each,
// `-` for what is in `counted` only, `+` for what is in `configured` only, with the aggregation it
// belongs to. Ends with a newline.
[[nodiscard]] std::string difference(std::string_view counted, std::string_view configured);

}  // namespace tallymill
