#pragma once

#include <string>
#include <vector>

namespace tallymill::reference {

struct File {
  std::string name;
  std::string text;
};

// All pages as files of one folder, with a list of them, and the schema of configurations.
[[nodiscard]] std::vector<File> files();

}  // namespace tallymill::reference
