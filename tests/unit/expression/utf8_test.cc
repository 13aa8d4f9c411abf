#include "expression/utf8.h"

#include <string_view>

#include "support/catch.h"

namespace tallymill::expression {
namespace {

TEST_CASE("the beginning of a text cuts no character") {
  constexpr std::string_view text = "a\xC3\xA9\xE2\x82\xAC";  // One byte, two, three.
  CHECK(prefix(text, 6) == text);
  CHECK(prefix(text, 100) == text);
  for (const std::size_t most : {3, 4, 5}) CHECK(prefix(text, most) == "a\xC3\xA9");
  for (const std::size_t most : {1, 2}) CHECK(prefix(text, most) == "a");
  CHECK(prefix(text, 0).empty());
  CHECK(prefix("", 5).empty());
}

}  // namespace
}  // namespace tallymill::expression
