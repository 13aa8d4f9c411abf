#include "daemon/docs_command.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "config/json_schema.h"
#include "daemon/exit_codes.h"
#include "daemon/reference/files.h"
#include "daemon/reference/topics.h"
#include "expression/nearest.h"

namespace tallymill {
namespace {

int write(const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  for (const reference::File& file : reference::files()) {
    const std::filesystem::path path = std::filesystem::path(folder) / file.name;
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << file.text;
    out.close();
    if (!out) {
      std::fprintf(stderr, "tallymill: %s cannot be written\n", path.c_str());
      return exit_code::failure;
    }
  }
  return exit_code::ok;
}

void list_topics() {
  std::size_t width = 0;
  for (const reference::Topic& topic : reference::topics()) width = std::max(width, topic.name.size());
  std::puts("tallymill docs TOPIC prints a page; tallymill docs NAME what is said about a key, function, metric,\n"
            "table or code. Topics:\n");
  for (const reference::Topic& topic : reference::topics()) {
    std::printf("  %-*s  %s\n", static_cast<int>(width), std::string(topic.name).c_str(),
                std::string(topic.about).c_str());
  }
}

}  // namespace

int docs_command(const CommandLine& line) {
  if (!line.folder.empty()) return write(line.folder);
  if (line.page.empty()) {
    list_topics();
    return exit_code::ok;
  }
  const reference::Topic* topic = reference::find_topic(line.page);
  const std::string text = topic != nullptr ? topic->page() : reference::entries_about(line.page);
  if (!text.empty()) {
    std::fputs(text.c_str(), stdout);
    return exit_code::ok;
  }
  std::vector<std::string_view> topics;
  for (const reference::Topic& each : reference::topics()) topics.push_back(each.name);
  const std::vector<std::string> entries = reference::entry_names();
  std::vector<std::string_view> names = topics;
  names.insert(names.end(), entries.begin(), entries.end());
  const auto meant = expression::nearest(line.page, names);
  const std::string hint = meant ? "; did you mean " + std::string(*meant) + "?"
                                 : expression::hint(line.page, topics, "the topics are");
  std::fprintf(stderr, "tallymill: nothing is called %s%s\n", line.page.c_str(), hint.c_str());
  return exit_code::usage;
}

int schema_command() {
  std::fputs(json_schema().c_str(), stdout);
  return exit_code::ok;
}

}  // namespace tallymill
