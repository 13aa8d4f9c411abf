#pragma once

#include <string>
#include <vector>

namespace tallymill {

// What one case came to.
struct JunitCase {
  std::string name;
  double seconds = 0;
  std::string failure;  // Empty: it passes.
};
struct JunitSuite {
  std::string name;  // The file's.
  std::vector<JunitCase> cases;
};

// The results as the XML that build servers read.
[[nodiscard]] std::string junit_xml(const std::vector<JunitSuite>& suites);

}  // namespace tallymill
