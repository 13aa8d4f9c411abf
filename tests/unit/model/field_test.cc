#include "model/field.h"

#include "support/catch.h"

namespace tallymill {
namespace {

std::string spelled(std::vector<std::string> path) {
  Field field;
  field.path = std::move(path);
  return field.str();
}

TEST_CASE("a field is spelled as expressions write it") {
  CHECK(spelled({"cost"}) == "cost");
  CHECK(spelled({"user", "id"}) == "user.id");
  CHECK(spelled({"user", "first name"}) == "user[\"first name\"]");
  CHECK(spelled({"user", "a\"b\\c", "d"}) == "user[\"a\\\"b\\\\c\"].d");
  CHECK(spelled({"@timestamp"}) == "`@timestamp`");
  CHECK(spelled({"1st", "2nd"}) == "`1st`[\"2nd\"]");
}

}  // namespace
}  // namespace tallymill
