#include "daemon/advice.h"

#include "support/catch.h"

namespace tallymill {
namespace {

Trouble trouble(Trouble::Kind kind, const std::string& code) {
  Trouble made;
  made.kind = kind;
  made.code = code;
  return made;
}

}  // namespace

TEST_CASE("a stop whose way on is known says it, and any other one where to look") {
  using Kind = Trouble::Kind;
  CHECK_THAT(std::string(what_to_do(trouble(Kind::stopped, "data_lost"))), Catch::Contains("--accept-gap"));
  CHECK_THAT(std::string(what_to_do(trouble(Kind::stopped, "42501"))), Catch::Contains("tallymill resume"));
}

TEST_CASE("whoever waits or follows the checkpoint needs nobody, and says so") {
  using Kind = Trouble::Kind;
  for (const Kind kind : {Kind::waiting, Kind::dropped}) {
    CHECK_THAT(std::string(what_to_do(trouble(kind, "whatever"))), Catch::StartsWith("Nothing"));
  }
}

TEST_CASE("the same code means another thing where it is another kind of trouble") {
  CHECK(what_to_do(trouble(Trouble::Kind::dropped, "refused")) !=
        what_to_do(trouble(Trouble::Kind::stopped, "refused")));
}

}  // namespace tallymill
