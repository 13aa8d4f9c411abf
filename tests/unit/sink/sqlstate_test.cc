#include "sink/postgres/sqlstate.h"

#include "support/catch.h"

namespace tallymill::postgres {

TEST_CASE("each SQLSTATE has the class that says what to do about it") {
  const auto of = [](const char* code) { return classify(code); };
  for (const char* code : {"", "08006", "08P01", "57P01", "57P02", "57P03", "25006", "25P03", "40003"}) {
    CAPTURE(code);
    CHECK(of(code) == SqlstateClass::connection);
  }
  for (const char* code : {"40001", "40P01", "55P03", "53100", "53200", "53300", "0A000", "26000"}) {
    CAPTURE(code);
    CHECK(of(code) == SqlstateClass::retry);
  }
  for (const char* code : {"22003", "22021", "22P05", "23502", "23505", "23514", "54000"}) {
    CAPTURE(code);
    CHECK(of(code) == SqlstateClass::data);
  }
  CHECK(of("57014") == SqlstateClass::timeout);
  for (const char* code : {"42P01", "42501", "28P01", "3D000", "3F000", "21000", "XX001", "54001", "zzzzz"}) {
    CAPTURE(code);
    CHECK(of(code) == SqlstateClass::stop);
  }
}

TEST_CASE("only what a person must settle stops a pipeline") {
  CHECK(reaction_of("42P01") == Reaction::stop);
  CHECK(reaction_of("28P01") == Reaction::stop);
  CHECK(reaction_of("53100") == Reaction::retry);
  CHECK(reaction_of("57P03") == Reaction::retry);
}

}  // namespace tallymill::postgres
