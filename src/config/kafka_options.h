#pragma once

#include <string>
#include <string_view>

namespace tallymill {

// Why a setting of librdkafka cannot be chosen: who owns it. Empty if it can.
[[nodiscard]] std::string owned_option_reason(std::string_view name);

}  // namespace tallymill
