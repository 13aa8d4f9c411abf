// What cannot be a case of its own in tests/config: files that are no text, and folders.

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "unit/config/cases.h"

#include "support/catch.h"
#include "support/folder.h"

namespace tallymill {
namespace {

using testing::Folder;

const std::string kafka = "kafka: {brokers: \"localhost:9092\"}\n";
const std::string postgres = "postgres: {dsn: \"dbname=stats\"}\n";

std::string pipeline(const std::string& name) {
  return "pipelines:\n  " + name + ":\n    source: {topics: [events]}\n    aggregations: {" + name +
         ": {columns: {n: count()}}}\n";
}

Loaded load_path(const std::string& path) {
  return load_config(path, aggregate_catalog(), environment_of({}));
}

// The one problem, without the folder's name.
std::string only_problem(const std::string& path) {
  const Loaded loaded = load_path(path);
  INFO(render(loaded.problems));
  REQUIRE(loaded.problems.size() == 1);
  return loaded.problems[0].message;
}

TEST_CASE("what is no regular file is refused at once") {
  const Folder folder;
  CHECK(only_problem(folder.path("nothing.yaml")) ==
        "reading the configuration: No such file or directory");
  CHECK(only_problem(folder.path()) == "the folder holds no file that ends in .yaml");
  CHECK(only_problem("/dev/zero") ==
        "this is a device; a configuration is a regular file or a folder of .yaml files");

  REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0600) == 0);
  CHECK(only_problem(folder.path("pipe")).find("this is a pipe (FIFO)") == 0);

  REQUIRE(::symlink(folder.path("b").c_str(), folder.path("a").c_str()) == 0);
  REQUIRE(::symlink(folder.path("a").c_str(), folder.path("b").c_str()) == 0);
  CHECK(only_problem(folder.path("a")) ==
        "reading the configuration: Too many levels of symbolic links");
}

TEST_CASE("a pipe among the files of a folder does not block") {
  const Folder folder;
  folder.write("a.yaml", kafka + postgres + pipeline("one"));
  REQUIRE(::mkfifo(folder.path("b.yaml").c_str(), 0600) == 0);
  CHECK(only_problem(folder.path()).find("this is a pipe (FIFO)") == 0);
}

TEST_CASE("bytes that are no text are refused before they are parsed") {
  const Folder folder;
  CHECK(only_problem(folder.write("f", "")) == "the file is empty");
  CHECK(only_problem(folder.write("f", "\xEF\xBB\xBF")) == "the file is empty");
  CHECK(only_problem(folder.write("f", kafka + std::string("a\0b", 3))) ==
        "a NUL byte stands here; the file is damaged or no text (line 2, column 2)");
  CHECK(only_problem(folder.write("f", kafka + "a: \x1B[31m")).find("the control character 0x1B") == 0);
  CHECK(only_problem(folder.write("f", kafka + "a: \xC2\x85")).find("the control character") == 0);
  CHECK(only_problem(folder.write("f", "a: b\rc: d")).find("the control character 0x0D") == 0);
  CHECK(only_problem(folder.write("f", "a: \xC0\xAF")) ==
        "the file is not valid UTF-8; save it as UTF-8");
  CHECK(only_problem(folder.write("f", "a: \xED\xA0\x80")) ==
        "the file is not valid UTF-8; save it as UTF-8");
  CHECK(only_problem(folder.write("f", std::string("\xFF\xFE" "a\0:\0", 6))) ==
        "the file is UTF-16; save it as UTF-8");
  CHECK(only_problem(folder.write("f", std::string("\xFE\xFF\0a\0:", 6))) ==
        "the file is UTF-16; save it as UTF-8");
}

TEST_CASE("a file above 1 MiB is refused, whatever is in it") {
  const Folder folder;
  const std::string scalar = "a: " + std::string(8 << 20, 'x');
  const auto begin = std::chrono::steady_clock::now();
  CHECK(only_problem(folder.write("f", scalar)).find("the file is larger than 1 MiB") == 0);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
  const Loaded whole = load_path(
      folder.write("g", kafka + postgres + pipeline("one") + "# " + std::string(1'000'000, 'x') + "\n"));
  CHECK(whole.spec.has_value());
}

TEST_CASE("a file that others may write is a warning") {
  const Folder folder;
  const std::string text = kafka + postgres + pipeline("one");
  CHECK(load_path(folder.write("f", text)).problems.empty());
  CHECK(load_path(folder.write("f", text, 0644)).problems.empty());
  for (const mode_t mode : {0620, 0602, 0666}) {
    const Loaded loaded = load_path(folder.write("f", text, mode));
    REQUIRE(loaded.spec.has_value());
    REQUIRE(loaded.problems.size() == 1);
    CHECK(loaded.problems[0].severity == Problem::Severity::warning);
    CHECK(loaded.problems[0].message.find("others than its owner may change this file") == 0);
  }
}

TEST_CASE("a file that everybody may read is a warning if a password is in it") {
  const Folder folder;
  const auto warnings = [&](const std::string& secrets, mode_t mode) {
    const Loaded loaded = load_config(folder.write("f", kafka + secrets + pipeline("one"), mode),
                                      aggregate_catalog(), environment_of({{"PW", "hunter2"}}));
    INFO(render(loaded.problems));
    REQUIRE(loaded.spec.has_value());
    REQUIRE(render(loaded.problems).find("hunter2") == std::string::npos);
    return loaded.problems.size();
  };
  CHECK(warnings("postgres: {dsn: x=y, password: hunter2}\n", 0644) == 1);
  CHECK(warnings("postgres: {dsn: x=y, password: hunter2}\n", 0640) == 0);
  CHECK(warnings("postgres: {dsn: x=y, password: \"${PW}\"}\n", 0644) == 0);
  CHECK(warnings("postgres: {dsn: x=y, password: {file: /run/pw}}\n", 0644) == 0);
  CHECK(warnings("postgres: {dsn: \"postgres://me:hunter2@localhost/x\"}\n", 0644) == 1);
  CHECK(warnings("postgres: {dsn: \"host=localhost password=hunter2\"}\n", 0644) == 1);
  CHECK(warnings("postgres: {dsn: \"postgres://me:${PW}@localhost/x\"}\n", 0644) == 0);
  CHECK(warnings("postgres: {dsn: \"host=localhost password=${PW}\"}\n", 0644) == 0);
  CHECK(warnings("postgres: {dsn: \"postgres://me@localhost/x\"}\n", 0644) == 0);
  CHECK(warnings("postgres: {dsn: x=y, password: \"${NO:-hunter2}\"}\n", 0644) == 1);
}

TEST_CASE("a pipeline called like a secret is none") {
  const Folder folder;
  CHECK(load_path(folder.write("f", kafka + postgres + pipeline("token_usage"), 0644)).problems.empty());
}

TEST_CASE("a folder is read as one configuration, in the order of names") {
  const Folder folder;
  folder.write("10-daemon.yaml", kafka + postgres);
  folder.write("20-one.yaml", pipeline("one"));
  folder.write("30-two.yaml", pipeline("two"));
  folder.write(".hidden.yaml", "nonsense");
  folder.write("readme.txt", "nonsense");
  const Loaded loaded = load_path(folder.path());
  INFO(render(loaded.problems));
  REQUIRE(loaded.problems.empty());
  REQUIRE(loaded.spec->pipelines.size() == 2);
  CHECK(loaded.spec->pipelines[0].name == "one");
  CHECK(loaded.spec->pipelines[1].name == "two");
}

TEST_CASE("a file that ends in .yml is not passed over in silence") {
  const Folder folder;
  folder.write("a.yaml", kafka + postgres + pipeline("one"));
  folder.write("b.yml", pipeline("two"));
  CHECK(only_problem(folder.path()) == "only files that end in .yaml are read; this one is not");
}

TEST_CASE("over several files, settings stand once, and names and tables are taken once") {
  const Folder folder;
  folder.write("a.yaml", kafka + postgres + pipeline("one"));
  SECTION("settings") {
    folder.write("b.yaml", kafka);
    CHECK(only_problem(folder.path()).find("kafka is written once for all files, and it is there already,") == 0);
  }
  SECTION("names") {
    folder.write("b.yaml", pipeline("one"));
    CHECK(only_problem(folder.path()).find("there is a pipeline one already, in ") == 0);
  }
  SECTION("tables") {
    folder.write("b.yaml", "pipelines:\n  two:\n    source: {topics: [events]}\n"
                           "    aggregations: {one: {columns: {n: count()}}}\n");
    CHECK(only_problem(folder.path()).find("the table public.one is written already") == 0);
  }
  SECTION("pipelines that are none, before and behind others") {
    folder.write("0.yaml", "pipelines:\n");
    CHECK(only_problem(folder.path()) == "pipelines: a mapping of names is expected here");
    std::filesystem::rename(folder.path("0.yaml"), folder.path("b.yaml"));
    CHECK(only_problem(folder.path()) == "pipelines: a mapping of names is expected here");
  }
  SECTION("an error in one file is shown beside those of the others") {
    folder.write("b.yaml", "pipelines:\n  two: 5\n");
    folder.write("c.yaml", "colour: red\n");
    CHECK(load_path(folder.path()).problems.size() == 2);
  }
}

TEST_CASE("paths are relative to the file that names them") {
  const Folder folder;
  folder.write("a.yaml", kafka + postgres +
                             "pipelines:\n  one:\n    source: {topics: [events]}\n"
                             "    lookups: {ads: {file: tables/ads.csv, key: id}}\n"
                             "    aggregations: {one: {columns: {n: count()}}}\n");
  const Loaded loaded = load_path(folder.path("a.yaml"));
  REQUIRE(loaded.spec.has_value());
  CHECK(loaded.spec->pipelines[0].lookups[0].file == folder.path("tables/ads.csv"));
}

}  // namespace
TEST_CASE("a folder's files of cases are no part of the configuration") {
  const Folder folder;
  folder.write("a.yaml", kafka + postgres + pipeline("one"));
  folder.write("a.test.yaml", "cases: {}\n");
  const Loaded loaded = load_path(folder.path());
  INFO(render(loaded.problems));
  REQUIRE(loaded.spec);
  CHECK(loaded.problems.empty());
}

}  // namespace tallymill
