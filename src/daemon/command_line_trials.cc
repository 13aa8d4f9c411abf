// Commands that try a pipeline and touch nothing.

#include "daemon/command_line_parts.h"
#include "daemon/exit_codes.h"

namespace tallymill {
namespace {

void read_lookups(const std::vector<std::string>& all, CommandLine& line) {
  for (const std::string& one : all) {
    const std::size_t sign = one.find('=');
    if (sign == 0 || sign == std::string::npos || sign + 1 == one.size()) {
      throw CLI::ValidationError("--lookup", one + " is not NAME=FILE");
    }
    line.lookups.emplace_back(one.substr(0, sign), one.substr(sign + 1));
  }
}

}  // namespace

void add_preview(CLI::App& app, CommandLine& line) {
  CLI::App* preview = add_command(app, "preview", "Show the rows that records would come to; touch nothing",
                                  line, CommandLine::Command::preview);
  preview->footer("Needs no Postgres, and with --input no Kafka. Lookups from files are read as the daemon reads "
                  "them; one from a table needs --lookup.\n" +
                  exit_code::line("preview") + ".");
  preview->add_option("pipeline", line.pipeline, "A pipeline of the configuration, if it has several");
  add_records(*preview, line, "Read the last N records of the topics", "Read a file instead");
  preview->add_option("--limit", line.limit, "Show at most so many rows of each table, and dead letters")
      ->check(count_up_to(most_records))
      ->default_str("20");
  preview
      ->add_option_function<std::vector<std::string>>(
          "--lookup", [&line](const std::vector<std::string>& all) { read_lookups(all, line); },
          "Read this lookup from a file, CSV or NDJSON; where it is a table's, as `psql` writes it "
          "with `\\copy ... CSV HEADER`")
      ->type_name("NAME=FILE")
      ->allow_extra_args(false);
  preview->parse_complete_callback([&line] {
    if (line.limit == 0) line.limit = 20;
  });
}

void add_test(CLI::App& app, CommandLine& line) {
  CLI::App* test = app.add_subcommand("test", "Run cases: records in, rows and dead letters out");
  test->footer("Needs neither Kafka nor Postgres.\n" + exit_code::line("test") + ".");
  test->add_option("files", line.files, "Files of cases, *.test.yaml, or folders of them")
      ->required()
      ->type_name(file_type);
  test->add_option("--junit", line.junit, "Also write the results to this file, as JUnit's XML")
      ->type_name(file_type);
  test->callback([&line] { line.command = CommandLine::Command::test; });
}

}  // namespace tallymill
