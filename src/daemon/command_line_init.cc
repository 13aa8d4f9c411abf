#include "config/identifier.h"
#include "daemon/command_line_parts.h"

namespace tallymill {

void add_init(CLI::App& app, CommandLine& line) {
  CLI::App* init = app.add_subcommand("init", "Print a starter file with comments; from records, if some are named");
  init->footer("With --topic or --input, fields, types, keys and sums are proposed from records. Without, the "
               "starter is a general one, and nothing is connected to.\n"
               "Comments show values of fields that have at most 20 different ones. What is printed passes the "
               "check; read it through all the same.\n"
               "Exit codes: 0 printed or written, 1 the records cannot be read, there are none, or FILE is there "
               "already, 2 wrong command line, 78 what --like names is wrong.");
  auto* brokers = init->add_option("--brokers", line.brokers, "Where to reach the cluster, as host:port")
                      ->check(not_empty("host:port"));
  auto* topic = init->add_option("--topic", line.topic, "The topic to read, and whose records to look at")
                    ->check(not_empty("a topic"));
  init->add_option("--name", line.name, "The pipeline's name; made of the topic's if not given")
      ->check([](const std::string& name) {
        const std::string problem = identifier_problem(name);
        return problem.empty() ? problem : "the name " + problem;
      });
  add_records(*init, line, "Look at the last N records of the topic", "Look at a file instead")->needs(topic);
  init->add_option("--like", line.like, "Take the section kafka from this configuration; secrets that are "
                                        "written out in it are not copied")
      ->type_name(file_type)
      ->excludes(brokers)
      ->check(not_empty("a file or a folder"));
  init->add_option("--output", line.output, "Write to this file, which must not be there yet")
      ->type_name(file_type)
      ->check(not_empty("a file"));
  init->callback([&line] { line.command = CommandLine::Command::init; });
}

}  // namespace tallymill
