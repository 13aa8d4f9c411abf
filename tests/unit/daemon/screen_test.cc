#include "daemon/screen.h"

#include "support/catch.h"

namespace tallymill {

TEST_CASE("a frame starts at the top, clears what stood there before, and leaves the terminal as it was") {
  CHECK(frame("a\nb\n", 24) == "\x1b[H\x1b[?7l" "a\x1b[K\nb\x1b[K\n\x1b[J\x1b[?7h");
}

TEST_CASE("a frame is no taller than the terminal, and says how much is missing") {
  CHECK(frame("a\nb\nc\n", 4) == "\x1b[H\x1b[?7l" "a\x1b[K\nb\x1b[K\nc\x1b[K\n\x1b[J\x1b[?7h");
  CHECK_THAT(frame("a\nb\nc\nd\n", 4),
             Catch::Contains("b\x1b[K\n(2 more lines; a taller terminal shows them)") && !Catch::Contains("c\x1b[K"));
}

}  // namespace tallymill
