#include "daemon/junit.h"

#include <cstdio>

namespace tallymill {
namespace {

// XML 1.0 has no way to write most control characters; in an attribute, a line's end is one too.
std::string escaped(const std::string& text, bool in_attribute) {
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\n': safe += in_attribute ? "&#10;" : "\n"; break;
      default:
        if (byte >= 0x20 && byte != 0x7F) {
          safe += c;
          break;
        }
        char code[8];
        std::snprintf(code, sizeof code, "\\x%02X", static_cast<unsigned>(byte));
        safe += code;
    }
  }
  return safe;
}

std::string attribute(const char* name, const std::string& value) {
  return std::string(" ") + name + "=\"" + escaped(value, true) + "\"";
}

std::string seconds_text(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", seconds);
  return text;
}

// tests, failures and time, of these cases.
std::string totals(const std::vector<JunitCase>& cases) {
  std::size_t failures = 0;
  double seconds = 0;
  for (const JunitCase& one : cases) {
    if (!one.failure.empty()) ++failures;
    seconds += one.seconds;
  }
  return attribute("tests", std::to_string(cases.size())) +
         attribute("failures", std::to_string(failures)) + attribute("errors", "0") +
         attribute("time", seconds_text(seconds));
}

}  // namespace

std::string junit_xml(const std::vector<JunitSuite>& suites) {
  std::vector<JunitCase> all;
  for (const JunitSuite& suite : suites) all.insert(all.end(), suite.cases.begin(), suite.cases.end());
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" +
                    attribute("name", "tallymill") + totals(all) + ">\n";
  for (const JunitSuite& suite : suites) {
    xml += "  <testsuite" + attribute("name", suite.name) + totals(suite.cases) + ">\n";
    for (const JunitCase& one : suite.cases) {
      xml += "    <testcase" + attribute("classname", suite.name) + attribute("name", one.name) +
             attribute("time", seconds_text(one.seconds));
      if (one.failure.empty()) {
        xml += "/>\n";
        continue;
      }
      xml += ">\n      <failure" + attribute("message", one.failure.substr(0, one.failure.find('\n'))) +
             ">" + escaped(one.failure, false) + "</failure>\n    </testcase>\n";
    }
    xml += "  </testsuite>\n";
  }
  return xml + "</testsuites>\n";
}

}  // namespace tallymill
