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
  CHECK(parse({"check", "--connect", "a.yaml"}).command->connect);
  const auto migrate = parse({"migrate", "--sql", "--role", "app", "a.yaml"});
  REQUIRE(migrate.command);
  CHECK(migrate.command->sql);
  CHECK(migrate.command->role == "app");
  CHECK(parse({"status", "a.yaml"}).command->command == CommandLine::Command::status);
  CHECK(parse({"status", "--drain", "a.yaml"}).exit_code == exit_code::usage);
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
