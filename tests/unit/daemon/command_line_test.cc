#include "daemon/command_line.h"

#include <vector>

#include "daemon/exit_codes.h"
#include "support/catch.h"

namespace tallymill {
namespace {

ParsedCommandLine parse(std::vector<const char*> words) {
  words.insert(words.begin(), "tallymill");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

}  // namespace

TEST_CASE("each command takes its configuration with or without --config") {
  for (const auto& words : std::vector<std::vector<const char*>>{
           {"run", "a.yaml"}, {"run", "--config", "a.yaml"}, {"run", "-c", "a.yaml"}}) {
    const auto parsed = parse(words);
    REQUIRE(parsed.command);
    CHECK(parsed.command->command == CommandLine::Command::run);
    CHECK(parsed.command->config == "a.yaml");
    CHECK_FALSE(parsed.command->drain);
  }
}

TEST_CASE("each command has its own flags") {
  CHECK(parse({"run", "--drain", "a.yaml"}).command->drain);
  CHECK(parse({"run", "--unsafe-failpoints", "a.yaml"}).command->unsafe_failpoints);
  CHECK(parse({"check", "--connect", "a.yaml"}).command->connect);
  const auto migrate = parse({"migrate", "--sql", "--role", "app", "a.yaml"});
  REQUIRE(migrate.command);
  CHECK(migrate.command->sql);
  CHECK(migrate.command->role == "app");
  CHECK(parse({"status", "a.yaml"}).command->command == CommandLine::Command::status);
  CHECK(parse({"status", "--drain", "a.yaml"}).exit_code == exit_code::usage);
  CHECK(parse({"status", "--watch", "a.yaml"}).command->watch);
  CHECK(parse({"status", "--json", "a.yaml"}).command->json);
}

TEST_CASE("plan shows and migrate does, each with its own flags") {
  CHECK(parse({"plan", "a.yaml"}).command->command == CommandLine::Command::plan);
  CHECK_FALSE(parse({"plan", "a.yaml"}).command->json);
  CHECK(parse({"plan", "--json", "a.yaml"}).command->json);
  const auto migrate = parse({"migrate", "--rewrite", "--dsn-file", "/run/secrets/owner", "a.yaml"});
  REQUIRE(migrate.command);
  CHECK(migrate.command->rewrite);
  CHECK(migrate.command->dsn_file == "/run/secrets/owner");
  CHECK(parse({"migrate", "--sql", "--rewrite", "a.yaml"}).exit_code == exit_code::usage);
  CHECK(parse({"migrate", "--sql", "--dsn-file", "f", "a.yaml"}).exit_code == exit_code::usage);
  CHECK(parse({"migrate", "--dsn-file", "", "a.yaml"}).exit_code == exit_code::usage);
}

TEST_CASE("health needs no configuration and asks where it is told") {
  const auto parsed = parse({"health", "--address", "::1", "--port", "9200"});
  REQUIRE(parsed.command);
  CHECK(parsed.command->command == CommandLine::Command::health);
  CHECK(parsed.command->address == "::1");
  CHECK(parsed.command->port == 9200);
  CHECK(parse({"health", "a.yaml"}).exit_code == exit_code::usage);
  CHECK(parse({"health", "--port", "70000"}).exit_code == exit_code::usage);
}

TEST_CASE("reload finds its daemon by a configuration or by its port") {
  const auto by_file = parse({"reload", "a.yaml"});
  REQUIRE(by_file.command);
  CHECK(by_file.command->command == CommandLine::Command::reload);
  CHECK(by_file.command->config == "a.yaml");
  CHECK(parse({"reload", "--config", "a.yaml"}).command->config == "a.yaml");
  const auto by_port = parse({"reload", "--address", "::1", "--port", "9200", "--pid", "17"});
  REQUIRE(by_port.command);
  CHECK(by_port.command->config.empty());
  CHECK(by_port.command->address == "::1");
  CHECK(by_port.command->port == 9200);
  CHECK(by_port.command->pid == 17);
  CHECK(parse({"reload", "--pid", "0"}).exit_code == exit_code::usage);
  CHECK(parse({"reload", "--pid", "me"}).exit_code == exit_code::usage);
  CHECK(parse({"reload", "a.yaml", "counts"}).exit_code == exit_code::usage);
}

TEST_CASE("verify takes a pipeline and the batches in question") {
  const auto all = parse({"verify", "a.yaml", "counts"});
  REQUIRE(all.command);
  CHECK(all.command->command == CommandLine::Command::verify);
  CHECK(all.command->pipeline == "counts");
  CHECK_FALSE(all.command->batches.first);
  const auto span = parse({"verify", "a.yaml", "counts", "--batches", "3..7"}).command->batches;
  CHECK(span.first == 3);
  CHECK(span.last == 7);
  CHECK_FALSE(parse({"verify", "a.yaml", "counts", "--batches", "3.."}).command->batches.last);
  const auto one = parse({"verify", "a.yaml", "counts", "--batches", "3"}).command->batches;
  CHECK(one.first == 3);
  CHECK(one.last == 3);
  CHECK(parse({"verify", "a.yaml", "counts", "--last", "9"}).command->batches.newest == 9);
  CHECK(parse({"verify", "a.yaml", "counts", "--since", "1970-01-01T00:00:01Z"}).command->batches.since ==
        Timestamp(1'000'000));
  for (const auto& words : std::vector<std::vector<const char*>>{
           {"verify", "a.yaml"},
           {"verify", "a.yaml", "counts", "--batches", "a..b"},
           {"verify", "a.yaml", "counts", "--batches", "-1..2"},
           {"verify", "a.yaml", "counts", "--batches", ".."},
           {"verify", "a.yaml", "counts", "--last", "0"},
           {"verify", "a.yaml", "counts", "--since", "yesterday"},
           {"verify", "a.yaml", "counts", "--last", "1", "--batches", "1..2"}}) {
    const auto parsed = parse(words);
    CHECK(parsed.exit_code == exit_code::usage);
    CHECK(std::count(parsed.text.begin(), parsed.text.end(), '\n') == 1);
  }
}

TEST_CASE("a command that is not known is named, with the one that was meant") {
  CHECK(parse({"chekc", "a.yaml"}).text == "tallymill: there is no command chekc; did you mean check?\n");
  CHECK(parse({"dead-letters", "lst", "a.yaml", "p"}).text ==
        "tallymill: there is no command lst; did you mean list?\n");
  CHECK(parse({"dead-letters", "lst"}).exit_code == exit_code::usage);
  CHECK(parse({"frobnicate"}).text.find("; the commands are run, check, ") != std::string::npos);
  CHECK(parse({}).text == "tallymill: A subcommand is required; see tallymill --help\n");
}

TEST_CASE("what is wrong and what is asked name the command in full") {
  CHECK(parse({"run"}).text == "tallymill: --config is required; see tallymill run --help\n");
  CHECK(parse({"dead-letters", "list", "--help"}).text.find("Usage: tallymill dead-letters list [OPTIONS]") !=
        std::string::npos);
}

TEST_CASE("a count that is none is refused in one short line") {
  CHECK(parse({"verify", "a.yaml", "counts", "--last", "0"}).text ==
        "tallymill: --last: needs a whole number from 1 to 1099511627776, not 0; see tallymill verify --help\n");
  for (const char* text : {"-1", "1.5", "many", "", "1099511627777", "99999999999999999999"}) {
    CHECK(parse({"dead-letters", "list", "a.yaml", "p", "--limit", text}).exit_code == exit_code::usage);
  }
  CHECK(parse({"dead-letters", "list", "a.yaml", "p", "--limit", "1"}).command->limit == 1);
}

TEST_CASE("commands that change a pipeline's course can be rehearsed") {
  using Command = CommandLine::Command;
  CHECK(parse({"pause", "a.yaml", "p"}).command->command == Command::pause);
  CHECK(parse({"pause", "a.yaml", "p", "--dry-run"}).command->dry_run);
  const auto resume = parse({"resume", "a.yaml", "p", "--accept-gap"});
  CHECK(resume.command->accept_gap);
  CHECK_FALSE(resume.command->accept_topic);
  const auto reset = parse({"reset", "a.yaml", "p", "--truncate", "--start", "latest"});
  CHECK(reset.command->truncate);
  CHECK(reset.command->start->kind == StartAt::Kind::latest);
  CHECK_FALSE(parse({"reset", "a.yaml", "p"}).command->start);
  CHECK(parse({"reset", "a.yaml", "p", "--start", "1970-01-01T00:00:01Z"}).command->start->timestamp ==
        Timestamp(1'000'000));
  CHECK(parse({"reset", "a.yaml", "p", "--start", "soon"}).exit_code == exit_code::usage);
  CHECK(parse({"drop", "a.yaml", "p", "--tables"}).command->tables);
  CHECK(parse({"pause", "a.yaml", "p", "--accept-gap"}).exit_code == exit_code::usage);
}

TEST_CASE("dead letters are chosen, and those that are changed must be") {
  using Command = CommandLine::Command;
  const auto list = parse({"dead-letters", "list", "a.yaml", "p"});
  REQUIRE(list.command);
  CHECK(list.command->command == Command::list_letters);
  CHECK(list.command->pipeline == "p");
  CHECK(list.command->limit == 100);
  const auto retry = parse({"dead-letters", "retry", "a.yaml", "p", "--topic", "t", "--partition", "3",
                            "--offset", "9", "--reason", "lookup_miss", "--aggregation", "a", "--dry-run"});
  REQUIRE(retry.command);
  CHECK(retry.command->letters.topic == "t");
  CHECK(retry.command->letters.partition == 3);
  CHECK(retry.command->letters.offset == 9);
  CHECK(retry.command->letters.reason == "lookup_miss");
  CHECK(retry.command->letters.aggregation == "a");
  CHECK(retry.command->dry_run);
  CHECK(retry.command->limit > 1'000'000);
  CHECK(parse({"dead-letters", "retry", "a.yaml", "p", "--limit", "5", "--all"}).command->limit == 5);
  CHECK(parse({"dead-letters", "drop", "a.yaml", "p", "--all"}).command);
  for (const char* command : {"retry", "drop"}) {
    CHECK(parse({"dead-letters", command, "a.yaml", "p"}).exit_code == exit_code::usage);
  }
  CHECK(parse({"dead-letters", "drop", "a.yaml", "p", "--reason", "bad_jsn"}).text.find(
            "there is no reason bad_jsn; did you mean bad_json?") != std::string::npos);
  CHECK(parse({"dead-letters"}).exit_code == exit_code::usage);
  const auto help = parse({"dead-letters", "--help"});
  CHECK(help.exit_code == exit_code::ok);
  CHECK(help.text.find("--reason") != std::string::npos);
}

TEST_CASE("replay names an aggregation, and may name a time") {
  const auto replay = parse({"replay", "a.yaml", "p", "--aggregation", "x"});
  REQUIRE(replay.command);
  CHECK(replay.command->aggregation == "x");
  CHECK_FALSE(replay.command->from);
  CHECK_FALSE(parse({"replay", "a.yaml", "p", "--aggregation", "x", "--from", "start"}).command->from);
  CHECK(parse({"replay", "a.yaml", "p", "--aggregation", "x", "--from", "1970-01-01T00:00:01Z"})
            .command->from == Timestamp(1'000'000));
  CHECK(parse({"replay", "a.yaml", "p"}).exit_code == exit_code::usage);
  CHECK(parse({"replay", "a.yaml", "p", "--aggregation", "x", "--abandon", "--dry-run"}).exit_code ==
        exit_code::usage);
}

TEST_CASE("preview reads the topics' last records, or a file") {
  const auto topics = parse({"preview", "a.yaml"});
  REQUIRE(topics.command);
  CHECK(topics.command->command == CommandLine::Command::preview);
  CHECK(topics.command->pipeline.empty());
  CHECK(topics.command->last == 1000);
  CHECK(topics.command->limit == 20);
  CHECK(topics.command->input.empty());
  const auto file = parse({"preview", "a.yaml", "p", "--input", "-", "--limit", "5"});
  REQUIRE(file.command);
  CHECK(file.command->pipeline == "p");
  CHECK(file.command->input == "-");
  CHECK(file.command->limit == 5);
  CHECK(parse({"preview", "a.yaml", "--last", "7"}).command->last == 7);
  CHECK(parse({"preview", "a.yaml", "--last", "0"}).exit_code == exit_code::usage);
  CHECK(parse({"preview", "a.yaml", "--last", "7", "--input", "x"}).exit_code == exit_code::usage);
  CHECK(parse({"preview", "a.yaml", "--input", ""}).exit_code == exit_code::usage);
}

TEST_CASE("init takes a topic or a file to look at, or neither") {
  const auto bare = parse({"init"});
  REQUIRE(bare.command);
  CHECK(bare.command->command == CommandLine::Command::init);
  CHECK(bare.command->topic.empty());
  const auto topic = parse({"init", "--brokers", "a:1", "--topic", "t", "--last", "7", "--name", "n",
                            "--output", "o.yaml"});
  REQUIRE(topic.command);
  CHECK(topic.command->brokers == "a:1");
  CHECK(topic.command->topic == "t");
  CHECK(topic.command->last == 7);
  CHECK(topic.command->name == "n");
  CHECK(topic.command->output == "o.yaml");
  CHECK(parse({"init", "--topic", "t", "--input", "-", "--like", "c.yaml"}).command->like == "c.yaml");
  CHECK(parse({"init", "--last", "7"}).exit_code == exit_code::usage);
  CHECK(parse({"init", "--topic", "t", "--last", "7", "--input", "-"}).exit_code == exit_code::usage);
  CHECK(parse({"init", "--like", "c.yaml", "--brokers", "a:1"}).exit_code == exit_code::usage);
  CHECK(parse({"init", "a.yaml"}).exit_code == exit_code::usage);
  for (const char* option : {"--brokers", "--topic", "--name", "--input", "--like", "--output"}) {
    CHECK(parse({"init", option, ""}).exit_code == exit_code::usage);
  }
  CHECK(parse({"init", "--name", "a-b"}).text.find("the name must be a letter") != std::string::npos);
}

TEST_CASE("test takes files of cases, and where to write the results") {
  const auto parsed = parse({"test", "a.test.yaml", "config", "--junit", "x.xml"});
  REQUIRE(parsed.command);
  CHECK(parsed.command->command == CommandLine::Command::test);
  CHECK(parsed.command->files == std::vector<std::string>{"a.test.yaml", "config"});
  CHECK(parsed.command->junit == "x.xml");
  CHECK(parse({"test"}).exit_code == exit_code::usage);
}

TEST_CASE("completions are printed, for shells that are known") {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const auto parsed = parse({"completions", shell});
    CHECK(parsed.exit_code == exit_code::ok);
    CHECK_FALSE(parsed.command);
    for (const char* word : {"dead-letters", "--drain", "--dry-run", "--input"}) {
      // Fish names an option without its hyphens.
      const std::string name = std::string(shell) == "fish" && word[0] == '-' ? word + 2 : word;
      CHECK(parsed.text.find(name) != std::string::npos);
    }
  }
  CHECK(parse({"completions", "csh"}).exit_code == exit_code::usage);
  CHECK(parse({"completions"}).exit_code == exit_code::usage);
}

TEST_CASE("docs takes a topic, a name, or a folder to write into") {
  const auto topic = parse({"docs", "errors"});
  REQUIRE(topic.command);
  CHECK(topic.command->command == CommandLine::Command::docs);
  CHECK(topic.command->page == "errors");
  CHECK(parse({"docs"}).command->page.empty());
  CHECK(parse({"docs", "--write", "folder"}).command->folder == "folder");
  CHECK(parse({"docs", "errors", "--write", "folder"}).exit_code == exit_code::usage);
  CHECK(parse({"docs", "--write", ""}).exit_code == exit_code::usage);
  CHECK(parse({"docs", "errors", "metrics"}).exit_code == exit_code::usage);
  CHECK(parse({"schema"}).command->command == CommandLine::Command::schema);
  CHECK(parse({"schema", "a.yaml"}).exit_code == exit_code::usage);
}

TEST_CASE("a wrong line is one sentence and exit code 2") {
  for (const auto& words : std::vector<std::vector<const char*>>{
           {}, {"fly"}, {"run"}, {"run", ""}, {"run", "a.yaml", "b.yaml"}, {"run", "a.yaml", "--fast"},
           {"run", "a\nb.yaml"}, {"run", "--config"}}) {
    const auto parsed = parse(words);
    CHECK_FALSE(parsed.command);
    CHECK(parsed.exit_code == exit_code::usage);
    CHECK(parsed.text.rfind("tallymill: ", 0) == 0);
    CHECK(std::count(parsed.text.begin(), parsed.text.end(), '\n') == 1);
  }
}

TEST_CASE("a wrong line is answered in a few words, however long it is") {
  const std::string longest(100000, 'x');
  const auto parsed = parse({"run", "a.yaml", longest.c_str()});
  CHECK(parsed.exit_code == exit_code::usage);
  CHECK(parsed.text.size() < 1000);
  CHECK(parsed.text.find("see tallymill run --help") != std::string::npos);
}

TEST_CASE("the help of a command lists what goes without a name once, with its names") {
  const std::string text = parse({"run", "--help"}).text;
  const auto at = text.find("config,-c,--config FILE REQUIRED");
  REQUIRE(at != std::string::npos);
  CHECK(text.find("--config", at + 32) == std::string::npos);
  CHECK(text.find("A configuration file, or a folder") == text.rfind("A configuration file, or a folder"));
  CHECK(text.find("--drain") != std::string::npos);
  CHECK(text.find("Usage: tallymill run [OPTIONS] config\n") != std::string::npos);
}

TEST_CASE("help and version are answers, not errors") {
  const auto help = parse({"--help"});
  CHECK(help.exit_code == exit_code::ok);
  for (const char* word : {"run", "check", "migrate", "status", "health", "Exit codes"}) {
    CHECK(help.text.find(word) != std::string::npos);
  }
  const auto of_run = parse({"run", "--help"});
  CHECK(of_run.exit_code == exit_code::ok);
  CHECK(of_run.text.find("--drain") != std::string::npos);
  CHECK(parse({"--version"}).text.rfind("tallymill ", 0) == 0);
}

}  // namespace tallymill
