// Commands that try a pipeline and touch nothing.

#include "daemon/command_line_parts.h"
#include "daemon/exit_codes.h"

namespace tallymill {

void add_preview(CLI::App& app, CommandLine& line) {
  CLI::App* preview = add_command(app, "preview", "Show the rows that records would come to; touch nothing",
                                  line, CommandLine::Command::preview);
  preview->footer("Needs no Postgres, and with --input no Kafka. Lookups are read as the daemon reads them.\n" +
                  exit_code::line("preview") + ".");
  preview->add_option("pipeline", line.pipeline, "A pipeline of the configuration, if it has several");
  add_records(*preview, line, "Read the last N records of the topics", "Read a file instead");
  preview->add_option("--limit", line.limit, "Show at most so many rows of each table, and dead letters")
      ->check(CLI::PositiveNumber)
      ->default_str("20");
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
