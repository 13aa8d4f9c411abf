#include "base/printable.h"

#include "support/catch.h"

namespace tallymill {

TEST_CASE("no terminal obeys what a record says") {
  CHECK(printable("a\x1b[31m\n\x7f") == "a\\x1B[31m\\x0A\\x7F");
  CHECK(printable("\xC2\x9B" "1m") == "\\x9B" "1m");
  CHECK(printable("\xC3\xA4") == "\xC3\xA4");
}

}  // namespace tallymill
