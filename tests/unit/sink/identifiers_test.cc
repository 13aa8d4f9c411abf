#include "sink/postgres/identifiers.h"

#include "support/catch.h"

namespace tallymill::postgres {

TEST_CASE("an identifier cannot leave its quotes") {
  CHECK(quoted("campaign") == "\"campaign\"");
  CHECK(quoted("a\"b") == "\"a\"\"b\"");
  CHECK(quoted("a; DROP TABLE b") == "\"a; DROP TABLE b\"");
  CHECK(quoted("Größe") == "\"Größe\"");
  CHECK(qualified("ads", "\"; --") == "\"ads\".\"\"\"; --\"");
}

TEST_CASE("a constant cannot leave its quotes") {
  CHECK(literal("it's") == "'it''s'");
  CHECK(literal("a\\'b") == "'a\\''b'");
  CHECK(literal("") == "''");
}

}  // namespace tallymill::postgres
