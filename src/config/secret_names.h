#pragma once

#include <string_view>

namespace tallymill {

// Whether a key of this name holds a secret: password, sasl.jaas.config, dsn, ...
[[nodiscard]] bool is_secret_name(std::string_view key);

// The same, or the name of a secret misspelt: whoever misspells it writes the secret all the same.
[[nodiscard]] bool resembles_secret_name(std::string_view key);

}  // namespace tallymill
