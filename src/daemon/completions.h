#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/command_shape.h"

namespace tallymill {

// Scripts that have a shell complete the command line: commands, options, files.
[[nodiscard]] std::string bash_completions(const std::vector<CommandShape>& shapes);
[[nodiscard]] std::string zsh_completions(const std::vector<CommandShape>& shapes);
[[nodiscard]] std::string fish_completions(const std::vector<CommandShape>& shapes);

// REQUIRES: `shell` is one of `shells`.
[[nodiscard]] std::string completions(std::string_view shell, const std::vector<CommandShape>& shapes);

}  // namespace tallymill
