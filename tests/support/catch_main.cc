#define CATCH_CONFIG_RUNNER
#include "base/log.h"
#undef CHECK
#include "support/catch.h"

int main(int count, char** words) {
  // What the loop logs in passing would bury what a test has to say.
  tallymill::configure_log(tallymill::LogLevel::error, tallymill::LogFormat::text);
  return Catch::Session().run(count, words);
}
