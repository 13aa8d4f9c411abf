// Commands about records: those that were rejected, those of a table, those that come next.

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/command_line_parts.h"
#include "daemon/exit_codes.h"
#include "expression/nearest.h"
#include "model/reason.h"

namespace tallymill {
namespace {

bool is_any_given(const CLI::App& app, std::initializer_list<const char*> options) {
  return std::any_of(options.begin(), options.end(),
                     [&](const char* name) { return app.get_option(name)->count() > 0; });
}

// A slip would else choose nothing, and look as if there were no such dead letter.
std::string known_reason(const std::string& word) {
  std::vector<std::string_view> names;
  for (const auto& each : reasons) names.push_back(each.word);
  if (std::find(names.begin(), names.end(), word) != names.end()) return {};
  return "there is no reason " + word + expression::hint(word, names, "the reasons are");
}

}  // namespace

void add_dead_letters(CLI::App& app, CommandLine& line) {
  using Command = CommandLine::Command;
  constexpr std::int64_t all = std::int64_t{1} << 62;
  CLI::App* group = app.add_subcommand("dead-letters", "Look at records that were rejected, and offer "
                                                       "them again");
  group->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, Command command, std::int64_t limit) {
    CLI::App* sub = add_pipeline_command(*group, name, help, line, command);
    sub->add_option("--topic", line.letters.topic, "Of this topic");
    sub->add_option("--partition", line.letters.partition, "Of this partition");
    sub->add_option("--offset", line.letters.offset, "Of this offset");
    sub->add_option("--reason", line.letters.reason, "Of this reason, as lookup_miss")->check(known_reason);
    sub->add_option("--aggregation", line.letters.aggregation,
                    "Of this aggregation; '' for records that were rejected whole");
    if (command != Command::drop_letters) {
      sub->add_option("--limit", line.limit, "At most so many")
          ->check(count_up_to(most_records))
          ->default_str(limit == all ? "all" : std::to_string(limit));
    }
    const bool changes = limit == all;
    if (changes) {
      sub->add_flag("--dry-run", line.dry_run, "Say which ones, and do nothing");
      sub->add_flag("--all", line.all_letters, "All dead letters of the pipeline");
    }
    sub->parse_complete_callback([&line, sub, limit, changes] {
      if (line.limit == 0) line.limit = limit;
      // A choice that was forgotten must not mean all of them.
      if (changes && !is_any_given(*sub, {"--all", "--topic", "--partition", "--offset", "--reason",
                                          "--aggregation"})) {
        throw CLI::RequiredError("a choice of dead letters, or --all,");
      }
    });
    return sub;
  };
  add("list", "One line per dead letter", Command::list_letters, 100);
  add("show", "Everything that is kept of dead letters, as JSON", Command::show_letters, 10);
  add("retry", "Offer dead letters again, to what rejected them", Command::retry_letters, all)
      ->footer(std::string("A record that can be counted is, once, in one transaction with its removal; the running "
                           "daemon goes on.\n") +
               exit_code::line("dead-letters retry") + ".");
  add("drop", "Delete dead letters without counting them", Command::drop_letters, all);
}

void add_replay(CLI::App& app, CommandLine& line) {
  CLI::App* replay = add_pipeline_command(
      app, "replay", "Rebuild an aggregation from the topics, beside the daemon that goes on", line,
      CommandLine::Command::replay);
  replay->footer("Counts into a table of its own, catches up, and exchanges the rows in one "
                 "transaction. Interrupted, it goes on when it is run again.");
  replay->add_option("--aggregation", line.aggregation, "The aggregation to rebuild")->required();
  auto* from = replay->add_option_function<std::string>(
      "--from",
      [&line](const std::string& text) {
        if (text == "start") return;
        if (auto wrong = read_time(text, line.from); !wrong.empty()) {
          throw CLI::ValidationError("--from", wrong);
        }
      },
      "start, or, with windows, a time: only windows from its window on are rebuilt");
  auto* dry = replay->add_flag("--dry-run", line.dry_run, "Print the plan, and do nothing");
  auto* lose = replay->add_flag("--accept-topic", line.accept_topic,
                                "Rebuild it without what was counted of topics that are gone or were made anew");
  replay->add_flag("--abandon", line.abandon, "Drop what an interrupted replay left")
      ->excludes(dry)
      ->excludes(from)
      ->excludes(lose);
}

void add_examine(CLI::App& app, CommandLine& line) {
  CLI::App* examine = add_pipeline_command(
      app, "examine", "Show what each of the next records would do, and which one Postgres refuses",
      line, CommandLine::Command::examine);
  examine->footer("For a batch that fails: reads from the checkpoints on, tries each record alone, "
                  "and leaves everything as it is.");
  examine->add_option("--topic", line.letters.topic, "Of this topic only");
  examine->add_option("--partition", line.letters.partition, "Of this partition only");
  examine->add_option("--offset", line.letters.offset, "From this offset on");
  examine->add_option("--limit", line.limit, "At most so many of each partition")
      ->check(count_up_to(100'000))
      ->default_str("100");
  examine->parse_complete_callback([&line] {
    if (line.limit == 0) line.limit = 100;
  });
}

}  // namespace tallymill
