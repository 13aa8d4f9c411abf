#pragma once

#include <string>
#include <vector>

namespace tallymill::kafka {

// librdkafka's names of the errors that stop a pipeline: refusals and misconfigurations.
[[nodiscard]] std::vector<std::string> refusal_names();

}  // namespace tallymill::kafka
