// The pages of the reference, and the copies of them that are committed.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "daemon/command_shape.h"
#include "daemon/exit_codes.h"
#include "daemon/reference/files.h"
#include "daemon/reference/markdown.h"
#include "daemon/reference/topics.h"

#include "support/catch.h"

namespace tallymill::reference {
namespace {

const std::filesystem::path folder = std::filesystem::path(TALLYMILL_SOURCE_DIR) / "docs/reference";

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the committed reference says what the source says") {
  std::set<std::string> names;
  for (const File& file : files()) {
    INFO("docs/reference/" << file.name << " is behind the source; type: tallymill docs --write docs/reference");
    const bool is_up_to_date = text_of(folder / file.name) == file.text;
    CHECK(is_up_to_date);
    names.insert(file.name);
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    INFO("docs/reference/" << entry.path().filename() << " is written by nobody; delete it");
    CHECK(names.contains(entry.path().filename().string()));
  }
}

TEST_CASE("every page has a title and is no wider than a terminal, but for code and tables") {
  for (const Topic& topic : topics()) {
    INFO(topic.name);
    const std::string page = topic.page();
    CHECK(page.starts_with("# "));
    CHECK(page.size() > 300);
    CHECK(topic.about.ends_with('.'));
    bool in_block = false;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("```")) in_block = !in_block;
      if (in_block || line.starts_with('|') || line.starts_with('#')) continue;
      // One word of code may be longer than a line.
      const bool is_one_word = std::count(line.begin(), line.end(), '`') >= 2;
      INFO(line);
      CHECK((line.size() <= 110 || is_one_word));
    }
  }
}

TEST_CASE("codes of Postgres and Kafka that no page lists are explained by their kind") {
  const std::string login = entries_about("28P01");
  CHECK(login.starts_with("errors, What Postgres answers:\n\n- `28P01`: stops: "));
  CHECK(contains(entries_about("40001"), "`40001`: tries the same transaction again."));
  CHECK(contains(entries_about("22003"), "reads it again in halves"));
  const std::string away = entries_about("_TRANSPORT");
  CHECK(away.starts_with("errors, What Kafka answers:\n\n- `_TRANSPORT`: librdkafka's name for: "));
  CHECK(contains(away, "Waited out"));
  CHECK(contains(entries_about("TOPIC_AUTHORIZATION_FAILED"), "Stops"));
  for (const char* code : {"P0001", "XX000", "HV000", "57P03"}) CHECK_FALSE(entries_about(code).empty());
  for (const char* name : {"TALLY", "NAME1", "28p01", "280", "_NO_SUCH_NAME"}) CHECK(entries_about(name).empty());
}

TEST_CASE("what is said about a name is found on whichever page it stands") {
  const std::string code = entries_about("data_lost");
  CHECK(code.starts_with("errors, What stops a pipeline or a command:\n\n- `data_lost`: "));
  CHECK(contains(code, "tallymill resume --accept-gap"));
  CHECK_FALSE(contains(code, "dead_letter_ratio"));
  const std::string key = entries_about("max_dead_letter_ratio");
  CHECK(contains(key, "configuration, `pipelines.<name>`:"));
  CHECK(contains(entries_about("has"), "functions, Functions:"));
  CHECK(contains(entries_about("tallymill_lag_seconds"), "gauge, in seconds"));
  const std::string section = entries_about("kafka");
  CHECK(contains(section, "`brokers`"));
  CHECK_FALSE(contains(section, "`dsn`"));
  const std::string column = entries_about("next_offset");
  CHECK(contains(column, "tables, `checkpoint`:"));
  CHECK(std::count(column.begin(), column.end(), '|') == 4);
  CHECK(contains(entries_about("verify"), "--batches"));
  CHECK(entries_about("nothing").empty());
  CHECK(entries_about("").empty());
}

TEST_CASE("exit codes are those of commands that there are, and their help says them") {
  std::set<std::string> paths;
  for (const CommandShape& shape : program_shapes()) {
    std::string name = shape.path.empty() ? "" : shape.path.substr(1);
    std::replace(name.begin(), name.end(), '/', ' ');
    paths.insert(name);
    const std::string line = exit_code::line(name);
    INFO(name);
    if (!line.empty()) CHECK(contains(shape.footer, line));
  }
  for (const exit_code::Row& row : exit_code::rows) CHECK(paths.contains(std::string(row.command)));
}

TEST_CASE("every name that can be looked up is found, keys and codes among them") {
  const std::vector<std::string> names = entry_names();
  for (const char* name : {"on_error", "config_changed", "bad_json", "run", "dead-letters list"}) {
    CHECK(std::find(names.begin(), names.end(), name) != names.end());
  }
  for (const std::string& name : names) CHECK_FALSE(entries_about(name).empty());
}

TEST_CASE("Markdown is wrapped between words, and code stays whole") {
  const std::string words = "word " + std::string(90, 'x') + " `" + "a b c d e f" + "` end";
  CHECK(Markdown().paragraph(words).text() == "word " + std::string(90, 'x') + "\n`a b c d e f` end\n");
  CHECK(Markdown().item("a <b> `<c>` < d").text() == "- a \\<b> `<c>` < d\n");
  CHECK(Markdown().item("one").item("two", 1).item("three").paragraph("four").item("five").text() ==
        "- one\n  - two\n- three\n\nfour\n\n- five\n");
  const std::string long_item = std::string(97, 'x') + " - y";
  CHECK(Markdown().item(long_item).text() == "- " + std::string(97, 'x') + " -\n  y\n");
}

TEST_CASE("tables are aligned, and a bar in a cell is no border") {
  CHECK(Markdown().table({{"Name", "M"}, {"`a|b`", "Köln"}, {"c", "d"}}).text() ==
        "| Name   | M    |\n"
        "|--------|------|\n"
        "| `a\\|b` | Köln |\n"
        "| c      | d    |\n");
}

}  // namespace tallymill::reference
