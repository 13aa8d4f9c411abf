// Statements that are sent before the ones ahead of them are answered.

#include "integration/instance.h"
#include "sink/postgres/statements.h"

#include "support/catch.h"

namespace tallymill::testing {

using postgres::Params;
using postgres::Place;
using postgres::QueryResult;
using postgres::Statements;

namespace {

constexpr std::chrono::seconds timeout{5};

std::unique_ptr<postgres::Connection> connect(const Database& database) {
  auto opened = postgres::Connection::open(spec_for(database).postgres, plain_secrets());
  REQUIRE(opened.ok());
  return std::move(opened).value();
}

}  // namespace

TEST_CASE("answers come in the order in which statements were sent") {
  Database database;
  const auto connection = connect(database);
  Statements statements(*connection, timeout);
  std::string order;
  for (int i = 0; i < 100; ++i) {
    REQUIRE(statements
                .send("SELECT $1::int", Params().number(i),
                      [&order](const QueryResult& answer) -> Result<void> {
                        order += answer.text(0, 0) + " ";
                        return {};
                      })
                .ok());
  }
  REQUIRE(statements.finish().ok());
  std::string expected;
  for (int i = 0; i < 100; ++i) expected += std::to_string(i) + " ";
  CHECK(order == expected);
  // And the connection is as before.
  CHECK(connection->script("SELECT 1", timeout).ok());
}

TEST_CASE("more than fits into any buffer is sent and answered") {
  Database database;
  const auto connection = connect(database);
  Statements statements(*connection, timeout);
  const std::string large(std::size_t{3} << 20, 'x');
  std::size_t bytes = 0;
  for (int i = 0; i < 10; ++i) {
    REQUIRE(statements
                .send("SELECT $1::text", Params().text(large),
                      [&bytes](const QueryResult& answer) -> Result<void> {
                        bytes += answer.text(0, 0).size();
                        return {};
                      })
                .ok());
  }
  REQUIRE(statements.finish().ok());
  CHECK(bytes == 10 * large.size());
}

TEST_CASE("the first failure is the one that counts, with its place") {
  Database database;
  const auto connection = connect(database);
  REQUIRE(connection->script("BEGIN", timeout).ok());
  Statements statements(*connection, timeout);
  bool later = false;
  REQUIRE(statements.send("SELECT 1", {}).ok());
  statements.enter({Place::Step::rows, 3, "trying"});
  REQUIRE(statements.send("SELECT 1 / $1::int", Params().number(0)).ok());
  statements.enter({Place::Step::letters, 0, ""});
  (void)statements.send("SELECT 1", {}, [&later](const QueryResult&) -> Result<void> {
    later = true;
    return {};
  });
  const auto failed = statements.finish(Error(Reaction::stop, "here", "found here"));
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().code() == "22012");
  CHECK(failed.error().message() == "trying: division by zero (22012)");
  CHECK(statements.failed_at().step == Place::Step::rows);
  CHECK(statements.failed_at().table == 3);
  CHECK_FALSE(later);
  CHECK_FALSE(statements.send("SELECT 1", {}).ok());
  CHECK(connection->script("ROLLBACK", timeout).ok());
}

TEST_CASE("an answer that is refused, and what fails here, are failures of their places") {
  Database database;
  const auto connection = connect(database);
  Statements refused(*connection, timeout);
  refused.enter({Place::Step::letters, 0, "looking"});
  REQUIRE(refused
              .send("SELECT 1", {},
                    [](const QueryResult&) -> Result<void> { return Error(Reaction::stop, "no", "not so"); })
              .ok());
  refused.enter({Place::Step::positions, 0, ""});
  CHECK(refused.finish().error().message() == "looking: not so");
  CHECK(refused.failed_at().step == Place::Step::letters);

  Statements local(*connection, timeout);
  REQUIRE(local.send("SELECT 1", {}).ok());
  local.enter({Place::Step::rows, 1, "encoding"});
  CHECK(local.finish(Error(Reaction::reject, "22003", "too large")).error().message() == "encoding: too large");
  CHECK(local.failed_at().table == 1);
  CHECK(connection->script("SELECT 1", timeout).ok());
}

TEST_CASE("work between statements is done once those before it are answered") {
  Database database;
  const auto connection = connect(database);
  Statements statements(*connection, timeout);
  std::string order;
  const auto note = [&order](std::string what) {
    return [&order, what](const QueryResult&) -> Result<void> {
      order += what;
      return {};
    };
  };
  REQUIRE(statements.send("SELECT 1", {}, note("first ")).ok());
  REQUIRE(statements
              .then([&order]() -> Result<void> {
                order += "between ";
                return {};
              })
              .ok());
  REQUIRE(statements.send("SELECT 2", {}, note("second")).ok());
  REQUIRE(statements.finish().ok());
  CHECK(order == "first between second");
  REQUIRE(statements.then([]() -> Result<void> { return Error(Reaction::retry, "no", "not so"); }).ok());
  CHECK(statements.finish().error().code() == "no");
}

TEST_CASE("a connection that ends takes all answers with it") {
  Database database;
  const auto connection = connect(database);
  Statements statements(*connection, timeout);
  REQUIRE(statements.send("SELECT pg_terminate_backend(pg_backend_pid())", {}).ok());
  (void)statements.send("SELECT 1", {});
  CHECK_FALSE(statements.finish().ok());
  CHECK_FALSE(connection->alive());
}

TEST_CASE("a statement that takes too long is given up, and no later one is waited for") {
  Database database;
  const auto connection = connect(database);
  Statements statements(*connection, std::chrono::milliseconds(100));
  REQUIRE(statements.send("SELECT pg_sleep(60)", {}).ok());
  (void)statements.send("SELECT pg_sleep(60)", {});
  CHECK(statements.finish().error().code() == "deadline");
}

}  // namespace tallymill::testing
