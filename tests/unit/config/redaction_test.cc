// What excerpts leave out, and what they must not. That no password is ever shown, whatever is wrong
// around it, is held by the cases tests/config/secret_*.bad.yaml.

#include <string>

#include "unit/config/cases.h"

#include "support/catch.h"

namespace tallymill {
namespace {

// The lines shown with the problems.
std::string excerpts(const std::string& text) {
  std::string shown;
  for (const Problem& problem : load(text).problems) shown += problem.source_line + "\n";
  return shown;
}

bool shows(const std::string& text, const std::string& part) {
  return excerpts(text).find(part) != std::string::npos;
}

const std::string head = "kafka: {brokers: \"localhost:9092\"}\npostgres: {dsn: \"dbname=stats\"}\n";

TEST_CASE("names that users choose do not make secrets of what stands below them") {
  CHECK(shows(head + "pipelines:\n"
                     "  token_usage:\n"
                     "    source: {topics: [events], fields: {token: strng}}\n"
                     "    derive:\n"
                     "      secret_part: lowr(secret)\n"
                     "    aggregations:\n"
                     "      password_resets:\n"
                     "        group_by:\n"
                     "          token_kind: upppr(token)\n"
                     "        columns:\n"
                     "          tokens: cuont()\n",
              "fields: {token: strng}}"));
  const std::string text = head + "pipelines:\n  token_usage:\n    source: {topics: [events]}\n"
                                  "    aggregations:\n      password_resets:\n"
                                  "        group_by:\n          token_kind: upppr(kind)\n"
                                  "        columns:\n          tokens: cuont()\n";
  CHECK(shows(text, "token_kind: upppr(kind)"));
  CHECK(shows(text, "tokens: cuont()"));
}

TEST_CASE("what leads to a secret is shown, the secret is not") {
  const std::string text = "kafka: {brokers: \"localhost:9092\"}\n"
                           "postgres: {dsn: {fil: /run/dsn}, password: {file: \"\"}}\n";
  CHECK(shows(text, "postgres: {dsn: {fil: ***}, password: {file: \"\"}}"));
}

TEST_CASE("an address shows its host without the user and the password") {
  CHECK(shows("postgres: {dns: \"postgres://me:hunter2@localhost/stats\"}\n", "postgres: {dns: ***}"));
  CHECK(shows("instanc: \"postgres://me:hunter2@localhost/stats\"\n",
              "instanc: \"postgres://***@localhost/stats\""));
}

TEST_CASE("a setting of the form name=value hides its value if the name is a secret's") {
  CHECK(shows("postgres: host=a password=hunter2 user=b\n", "postgres: host=a password=*** user=b"));
  CHECK(shows("postgres: host=a password = 'hunter2 x' user=b\n",
              "postgres: host=a password =*** user=b"));
  CHECK(shows("postgres: password == 5\n", "postgres: password == 5"));
}

}  // namespace
}  // namespace tallymill
