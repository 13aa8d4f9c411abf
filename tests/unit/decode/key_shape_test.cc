#include "decode/json/key_shape.h"

#include <string>
#include <vector>

#include "support/catch.h"

namespace tallymill {
namespace {

using Keys = std::vector<KeyShape::Key>;

bool knows(const KeyShape& shape, const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!shape.has(i, names[i])) return false;
  }
  return !shape.has(names.size(), "");
}

TEST_CASE("the first keys are remembered, in their order, with what they stand for") {
  KeyShape shape;
  CHECK(knows(shape, {}));
  shape.missed(Keys{{"id", 1}, {"noise"}, {"", 0}});
  CHECK(knows(shape, {"id", "noise", ""}));
  CHECK(shape.key(0).child == 1);
  CHECK(shape.key(1).child == KeyShape::unread);
  CHECK(shape.key(2).child == 0);
  CHECK_FALSE(shape.has(0, "i"));
  CHECK_FALSE(shape.has(0, "idx"));
  CHECK_FALSE(shape.has(1, "id"));
}

TEST_CASE("others take their place once they were met four times without them") {
  KeyShape shape;
  shape.missed(Keys{{"one"}});
  for (int i = 0; i < 3; ++i) shape.missed(Keys{{"other"}});
  CHECK(knows(shape, {"one"}));
  SECTION("not if they came again meanwhile") {
    shape.matched(1);
    shape.missed(Keys{{"other"}});
    CHECK(knows(shape, {"one"}));
  }
  SECTION("an object that has only the first of them is neither") {
    shape.matched(0);
    shape.missed(Keys{{"other"}});
    CHECK(knows(shape, {"other"}));
  }
  SECTION("otherwise they do") {
    shape.missed(Keys{{"other"}});
    CHECK(knows(shape, {"other"}));
  }
}

TEST_CASE("keys that stand on those that are remembered are taken over whole") {
  KeyShape shape;
  shape.missed(Keys{{"a key", 3}});
  for (int i = 0; i < 4; ++i) shape.missed(Keys{shape.key(0), {"another", 4}});
  CHECK(knows(shape, {"a key", "another"}));
  CHECK(shape.key(0).child == 3);
}

TEST_CASE("more than a thousand keys are not remembered, nor are very long ones") {
  KeyShape shape;
  shape.missed(Keys(2000, {"key"}));
  CHECK(knows(shape, {}));
  shape.missed(Keys{{std::string(100000, 'k')}});
  CHECK(knows(shape, {}));
}

}  // namespace
}  // namespace tallymill
