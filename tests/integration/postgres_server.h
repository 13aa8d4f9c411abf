#pragma once

#include <memory>
#include <string>
#include <vector>

namespace tallymill::testing {

// A Postgres of the test program's own, on a unix socket in a scratch folder; the first use starts
// it, the end of the program stops it.
class PostgresServer {
 public:
  static PostgresServer& get();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // A DSN without a password.
  [[nodiscard]] std::string dsn(const std::string& database, const std::string& user = "postgres") const;

 private:
  PostgresServer();

  std::string folder_;
};

// A database of one test; dropped with the object. Whatever fails here ends the test.
class Database {
 public:
  Database();
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] std::string dsn(const std::string& user = "postgres") const;
  // Runs statements and returns the rows of the last as text; null is "NULL".
  std::vector<std::vector<std::string>> query(const std::string& sql);
  // The only cell of the only row.
  std::string value(const std::string& sql);

 private:
  struct Connection;
  std::string name_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace tallymill::testing
