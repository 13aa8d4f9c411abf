#pragma once

// The configuration files of tests/config, and what each says must be found in it.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "aggregate/catalog.h"
#include "config/load.h"

namespace tallymill {

// "# error: 3:7: text": a problem at this place whose message holds the text.
struct Expected {
  Problem::Severity severity;
  int line;
  int column;
  std::string text;
};

struct Case {
  std::string name;
  std::string text;
  std::map<std::string, std::string> environment;  // "# env: NAME=value"
  std::vector<Expected> expected;
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::vector<Case> cases(const std::string& ending) {
  std::vector<std::filesystem::path> paths;
  const auto folder = std::filesystem::path(TALLYMILL_SOURCE_DIR) / "tests/config";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.size() > ending.size() && name.substr(name.size() - ending.size()) == ending) {
      paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Case> found;
  for (const auto& path : paths) {
    Case one{path.filename().string(), read_file(path), {}, {}};
    std::istringstream lines(one.text);
    for (std::string line; std::getline(lines, line);) {
      if (line.substr(0, 3) == "\xEF\xBB\xBF") line.erase(0, 3);
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (line.substr(0, 7) == "# env: ") {
        const std::size_t sign = line.find('=');
        one.environment[line.substr(7, sign - 7)] = line.substr(sign + 1);
      }
      const bool is_error = line.substr(0, 9) == "# error: ";
      if (!is_error && line.substr(0, 11) != "# warning: ") continue;
      Expected expected{is_error ? Problem::Severity::error : Problem::Severity::warning, 0, 0, ""};
      std::istringstream rest(line.substr(is_error ? 9 : 11));
      char colon = 0;
      rest >> expected.line >> colon >> expected.column >> colon;
      rest.get();
      std::getline(rest, expected.text);
      one.expected.push_back(expected);
    }
    found.push_back(std::move(one));
  }
  return found;
}

inline Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

inline Loaded load(const Case& one) {
  return load_config_text("/etc/tallymill/" + one.name, one.text, aggregate_catalog(),
                          environment_of(one.environment));
}

// Loads a text that stands for a whole file.
inline Loaded load(const std::string& text, std::map<std::string, std::string> variables = {}) {
  return load_config_text("test.yaml", text, aggregate_catalog(), environment_of(std::move(variables)));
}

}  // namespace tallymill
