#include "decode/lookup_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "support/catch.h"
#include "support/folder.h"
#include "unit/decode/lookup_text.h"

namespace tallymill {
namespace {

using namespace std::string_literals;

// One file in a folder of its own.
struct Scratch : testing::Folder {
  using Folder::path;
  [[nodiscard]] std::string path() const { return path("ads"); }
  [[nodiscard]] std::string folder() const { return Folder::path(); }
  void write(const std::string& text) const { Folder::write("ads", text); }
};

constexpr std::size_t plenty = 1 << 20;

Error error_of(const std::string& path, std::size_t max_bytes = plenty) {
  const auto table = load_lookup_file(path, LookupFormat::csv, "k", max_bytes);
  REQUIRE_FALSE(table.ok());
  return table.error();
}

TEST_CASE("what Postgres writes as CSV keeps its nulls, and so does NDJSON, where they are kept") {
  const auto canonical = [](std::string_view text, LookupFormat format, Nulls nulls) {
    return parse_lookup(text, format, "k", "ads", nulls).value()->canonical_text();
  };
  const std::string kept = "\"k\",\"v\",\"w\"\n\"a\",,\"\"\n\"b\",\"x\",\n";
  const std::string empty = "\"k\",\"v\",\"w\"\n\"a\",\"\",\"\"\n\"b\",\"x\",\"\"\n";
  constexpr std::string_view csv_text = "k,v,w\na,,\"\"\nb,x,\n";
  constexpr std::string_view ndjson_text =
      "{\"k\": \"a\", \"v\": null, \"w\": \"\"}\n{\"w\": null, \"k\": \"b\", \"v\": \"x\"}\n";
  CHECK(canonical(csv_text, LookupFormat::csv, Nulls::are_kept) == kept);
  CHECK(canonical(csv_text, LookupFormat::csv, Nulls::are_empty) == empty);
  CHECK(canonical(ndjson_text, LookupFormat::ndjson, Nulls::are_kept) == kept);
  CHECK(canonical(ndjson_text, LookupFormat::ndjson, Nulls::are_empty) == empty);
  CHECK(canonical(kept, LookupFormat::csv, Nulls::are_kept) == kept);  // What the ledger keeps of it.
}

TEST_CASE("a lookup without rows stops the load, because every record would miss") {
  CHECK(csv("") == "stop ads: the file holds nothing");
  CHECK(csv("\xEF\xBB\xBF") == "stop ads: the file holds nothing");
  CHECK(csv("\n\n") == "stop ads: the file holds nothing");
  CHECK(csv("k,v\n") == "stop ads: there is no row");
  CHECK(ndjson("") == "stop ads: the file holds nothing");
  CHECK(ndjson(" \n\t\n") == "stop ads: the file holds nothing");
  CHECK(ndjson("{}") == "stop ads: the file holds nothing");
}

TEST_CASE("a key that stands twice stops the load and names both lines") {
  CHECK(csv("k,v\n1,a\n\n2,\"b\nb\"\n1,c\n") == "stop ads: lines 2 and 6 have the same k");
  CHECK(csv("k,v\n,a\n\"\",b\n") == "stop ads: lines 2 and 3 have the same k");
  CHECK(ndjson("{\"k\": \"1\"}\n\n{\"k\": 1}\n") == "stop ads: lines 1 and 3 have the same k");
  CHECK(ndjson("{\"k\": null}\n{\"k\": \"\"}\n") == "stop ads: lines 1 and 2 have the same k");
  CHECK(csv("k,v\n1,a\n01,a\n 1,a\n1 ,a\n") == "[k][v] [1][a] [01][a] [ 1][a] [1 ][a]");
}

TEST_CASE("a missing key column and a column that stands twice stop the load") {
  CHECK(csv("a,b\n1,2\n") == "stop ads: there is no column k, which is the key");
  CHECK(csv("k,v,v\n1,2,3\n") == "stop ads: the column v stands twice");
  CHECK(ndjson(R"({"K": 1})") == "stop ads: there is no column k, which is the key");
}

TEST_CASE("a cell that is no UTF-8 stops the load and names its line") {
  CHECK(csv("k,v\n1,a\n2,\xFF\n3,\xFF\n") == "stop ads: line 3: not valid UTF-8");
  CHECK(csv("\xC3,v\n1,a\n") == "stop ads: line 1: not valid UTF-8");
  CHECK(csv("k,v\n1,\xED\xA0\x80") == "stop ads: line 2: not valid UTF-8");
  CHECK(csv("k,v\n1,\xC3\n\xA9,b\n") == "stop ads: line 2: not valid UTF-8");
  CHECK(ndjson("{\"k\": 1}\n{\"k\": \"\x80\"}\n") == "stop ads: line 2: not valid UTF-8");
  CHECK(csv("k,v\n1,\xC3\xA9\n") == "[k][v] [1][\xC3\xA9]");
}

TEST_CASE("a NUL in a cell stops the load and names its line, also one that is escaped") {
  const std::string why = ": there is a NUL character, which Postgres cannot store";
  CHECK(csv("k,v\n1,a\n2,\0\n"s) == "stop ads: line 3" + why);
  CHECK(csv("k,v\n1,\"a\n\0\"\n"s) == "stop ads: line 3" + why);
  CHECK(ndjson("{\"k\": 1}\n\n{\"k\": \"a\\u0000b\"}\n") == "stop ads: line 3" + why);
  CHECK(ndjson("{\"k\": 1}\n{\"k\": \"\0\"}\n"s) == "stop ads: line 2" + why);
}

TEST_CASE("a file is read whole and its path stands before every problem") {
  const Scratch scratch;
  scratch.write("k,v\n1,a\n");
  const auto table = load_lookup_file(scratch.path(), LookupFormat::csv, "k", plenty);
  REQUIRE(table.ok());
  CHECK((*table)->find("1") == 0);
  scratch.write("k,v\n1\n");
  const Error error = error_of(scratch.path());
  CHECK(error.reaction() == Reaction::stop);
  CHECK(error.code() == "lookup_malformed");
  CHECK(error.message() == scratch.path() + ": line 2: 1 fields where the header has 2");
}

TEST_CASE("a large file is read to its last row") {
  const Scratch scratch;
  std::string text = "k,v\n";
  for (int i = 0; i < 60000; ++i) text += std::to_string(i) + ",value\n";
  scratch.write(text);
  const auto table = load_lookup_file(scratch.path(), LookupFormat::csv, "k", plenty);
  REQUIRE(table.ok());
  CHECK((*table)->size() == 60000);
  CHECK((*table)->find("59999") == 59999);
}

TEST_CASE("a file above the limit stops the load before it is read, one of the limit does not") {
  const Scratch scratch;
  scratch.write("k,v\n1,a\n");
  CHECK(load_lookup_file(scratch.path(), LookupFormat::csv, "k", 8).ok());
  const Error error = error_of(scratch.path(), 7);
  CHECK(error.reaction() == Reaction::stop);
  CHECK(error.code() == "lookup_too_large");
  CHECK(error.message().starts_with(scratch.path() + ": 8 bytes are more than "));
}

TEST_CASE("a file that is not there is worth another try") {
  const Scratch scratch;
  const Error error = error_of(scratch.path());
  CHECK(error.reaction() == Reaction::retry);
  CHECK(error.code() == "lookup_unreadable");
  CHECK(error.message() == scratch.path() + ": No such file or directory");
}

TEST_CASE("what is no regular file stops the load and never blocks it") {
  const Scratch scratch;
  CHECK(error_of(scratch.folder()).code() == "lookup_not_a_file");
  CHECK(error_of("/dev/zero").reaction() == Reaction::stop);
  REQUIRE(mkfifo(scratch.path().c_str(), 0600) == 0);
  const Error error = error_of(scratch.path());
  CHECK(error.reaction() == Reaction::stop);
  CHECK(error.message() == scratch.path() + ": not a regular file");
}

TEST_CASE("the version of a file changes with the file, and is empty without one") {
  const Scratch scratch;
  CHECK(lookup_file_version(scratch.path()).empty());
  scratch.write("k,v\n1,a\n");
  const std::string first = lookup_file_version(scratch.path());
  CHECK_FALSE(first.empty());
  CHECK(lookup_file_version(scratch.path()) == first);
  scratch.write("k,v\n1,ab\n");
  CHECK(lookup_file_version(scratch.path()) != first);
  // The same size again, another time.
  scratch.write("k,v\n1,a\n");
  const timespec later[] = {{1, 0}, {1, 0}};
  REQUIRE(utimensat(AT_FDCWD, scratch.path().c_str(), later, 0) == 0);
  CHECK(lookup_file_version(scratch.path()) != first);
}

}  // namespace
}  // namespace tallymill
