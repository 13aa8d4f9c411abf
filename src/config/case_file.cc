#include "config/case_file.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "config/case_reader.h"
#include "config/config_file.h"
#include "config/yaml.h"

namespace tallymill {
namespace {

LoadedCases read_document(const Document& document, Problems& problems) {
  LoadedCases loaded;
  if (const YamlNodePtr root = parse_yaml(document, problems)) {
    loaded.file = read_cases(document, *root, problems);
  }
  loaded.problems = problems.take();
  if (has_errors(loaded.problems)) loaded.file.reset();
  return loaded;
}

}  // namespace

LoadedCases load_cases(const std::string& path) {
  Problems problems;
  const ConfigFile file = read_config_file(path, problems);
  if (file.document == nullptr) return {std::nullopt, problems.take()};
  return read_document(*file.document, problems);
}

LoadedCases load_cases_text(const std::string& name, std::string text) {
  Problems problems;
  const auto document = make_document(name, std::move(text), problems);
  if (document == nullptr) return {std::nullopt, problems.take()};
  return read_document(*document, problems);
}

std::vector<std::string> list_case_files(const std::string& path, std::vector<Problem>& problems) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return {path};
  const auto report = [&](const std::string& message) {
    problems.push_back({{path, 0, 0}, message, "", 0, Problem::Severity::error});
  };
  DIR* folder = ::opendir(path.c_str());
  if (folder == nullptr) {
    report(std::string("reading the folder: ") + std::strerror(errno));
    return {};
  }
  std::vector<std::string> files;
  while (const dirent* entry = ::readdir(folder)) {
    const std::string name = entry->d_name;
    if (name[0] != '.' && name.ends_with(case_file_suffix)) {
      files.push_back(path + (path.ends_with('/') ? "" : "/") + name);
    }
  }
  ::closedir(folder);
  std::sort(files.begin(), files.end());
  if (files.empty()) report(std::string("the folder holds no file that ends in ") + case_file_suffix);
  return files;
}

}  // namespace tallymill
