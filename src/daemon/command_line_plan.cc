#include "daemon/command_line_parts.h"

#include "daemon/exit_codes.h"

namespace tallymill {

void add_plan(CLI::App& app, CommandLine& line) {
  CLI::App* plan = add_command(app, "plan", "Show what the next start would change in Postgres", line,
                               CommandLine::Command::plan);
  plan->footer("Reads only. + is added, ~ is changed, ! is refused: then the pipeline would be stopped, and "
               "nothing of it changed.\n" +
               exit_code::line("plan") + ".");
  plan->add_flag("--json", line.json, "One JSON object, with the statements");
}

void add_migrate(CLI::App& app, CommandLine& line) {
  CLI::App* migrate = add_command(app, "migrate", "Create the schema and the tables in Postgres, or add to them",
                                  line, CommandLine::Command::migrate);
  migrate->footer("What `plan` shows of schema and tables, each table in a transaction of its own. May be run "
                  "beside a daemon: no lock is waited for longer than half a second at a time.");
  auto* sql = migrate->add_flag("--sql", line.sql,
                                "Print what makes all of it, for a DBA to run; asks no database");
  migrate->add_option("--role", line.role, "Grant this role what the daemon needs");
  migrate->add_option("--dsn-file", line.dsn_file,
                      "Connect as the DSN in this file says, as the tables' owner say, instead of postgres.dsn")
      ->type_name(file_type)
      ->check(not_empty("a file"))
      ->excludes(sql);
  migrate->add_flag("--rewrite", line.rewrite,
                    "Also add columns for which a table has to be written anew, while all others wait")
      ->excludes(sql);
}

}  // namespace tallymill
