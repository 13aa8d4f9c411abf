#include "source/line_file.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/folder.h"

namespace tallymill {
namespace {

std::vector<std::string> lines_of(const std::string& text, std::size_t longest = 1000) {
  const testing::Folder folder;
  auto opened = LineFile::open(folder.write("lines", text), longest);
  REQUIRE(opened.ok());
  std::vector<std::string> lines;
  std::string line;
  for (;;) {
    const auto more = opened->next(line);
    REQUIRE(more.ok());
    if (!*more) return lines;
    lines.push_back(line);
    CHECK(opened->number() == static_cast<std::int64_t>(lines.size()));
  }
}

}  // namespace

TEST_CASE("lines come one by one, whatever ends them") {
  using Lines = std::vector<std::string>;
  CHECK(lines_of("").empty());
  CHECK(lines_of("a") == Lines{"a"});
  CHECK(lines_of("a\n") == Lines{"a"});
  CHECK(lines_of("a\r\n\nb\n") == Lines{"a", "", "b"});
  CHECK(lines_of("\xEF\xBB\xBF{}\n\xEF\xBB\xBF{}") == Lines{"{}", "\xEF\xBB\xBF{}"});
  CHECK(lines_of(std::string("a\0b\n\xff", 5)) == Lines{std::string("a\0b", 3), "\xff"});
}

TEST_CASE("a line that is too long is cut, and the next one is whole") {
  const std::string longest(10, 'x');
  CHECK(lines_of(longest + "\nb", 10) == std::vector<std::string>{longest, "b"});
  CHECK(lines_of(longest + "yz\nb", 10) == std::vector<std::string>{longest + "y", "b"});
  const std::string endless(1 << 20, 'x');
  const auto lines = lines_of(endless + "\nb", 10);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].size() == 11);
  CHECK(lines[1] == "b");
}

TEST_CASE("lines that span what is read at once are whole") {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += std::to_string(i) + "\n";
  const auto lines = lines_of(text);
  REQUIRE(lines.size() == 100000);
  for (std::size_t i = 0; i < lines.size(); ++i) REQUIRE(lines[i] == std::to_string(i));
}

TEST_CASE("what is no file is an error that names it") {
  const testing::Folder folder;
  const auto missing = LineFile::open(folder.path("lines"), 10);
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().message() == folder.path("lines") + ": No such file or directory");
  const auto opened = LineFile::open(folder.path(), 10);
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().message().find("Is a directory") != std::string::npos);
}

}  // namespace tallymill
