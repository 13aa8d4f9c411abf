#include "daemon/terminal.h"

#include "support/catch.h"

namespace tallymill {

TEST_CASE("a table has its numbers to the right, its text to the left, and no spaces at the ends") {
  TextTable table({{"name"}, {"n", true}, {"note"}});
  table.add({{"a"}, {"1"}, {"x"}});
  table.add({{"\xC3\xA4\xC3\xB6"}, {"1000"}, {""}});
  CHECK(table.render(false, 0, "  ") ==
        "  name     n  note\n"
        "  a        1  x\n"
        "  \xC3\xA4\xC3\xB6    1000  \n");
}

TEST_CASE("colour is where it is wanted, and takes no room") {
  TextTable table({{"name"}, {"n", true}});
  table.add({{"a", Ink::dim}, {"1"}});
  CHECK(table.render(true, 0, "") ==
        "\x1b[1mname\x1b[0m  \x1b[1mn\x1b[0m\n\x1b[2m" "a\x1b[0m     1\n");
  CHECK(inked("x", Ink::red, false) == "x");
}

TEST_CASE("long cells are cut by characters, not by bytes") {
  TextTable table({{"t"}});
  table.add({{"\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4"}});
  CHECK(table.render(false, 4, "") == "t\n\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\n");
  CHECK(table.render(false, 3, "") == "t\n\xC3\xA4\xC3\xA4\xE2\x80\xA6\n");
}

TEST_CASE("a duration has two parts at most, the larger first") {
  using namespace std::chrono_literals;
  CHECK(short_duration(0ms) == "0 ms");
  CHECK(short_duration(-5ms) == "0 ms");
  CHECK(short_duration(999ms) == "999 ms");
  CHECK(short_duration(4'290ms) == "4.2 s");
  CHECK(short_duration(185s) == "3 min 5 s");
  CHECK(short_duration(125min) == "2 h 5 min");
  CHECK(short_duration(98h) == "4 d 2 h");
}

}  // namespace tallymill
