#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tallymill::testing {

using Cells = std::vector<std::vector<std::string>>;

// A Postgres of the test program's own, on a unix socket in a scratch folder. The first use starts
// it; the end of the program, whatever kind of end, stops it.
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

  std::filesystem::path folder_;
  pid_t server_ = -1;
};

// One session, for what a test does to a database itself. Whatever fails here ends the test.
class Sql {
 public:
  explicit Sql(const std::string& dsn);
  ~Sql();
  Sql(const Sql&) = delete;
  Sql& operator=(const Sql&) = delete;

  // Runs statements and returns the rows of the last as text; null is "NULL".
  Cells query(const std::string& sql);
  // The only cell of the only row.
  std::string value(const std::string& sql);
  // Runs one statement that must be refused; returns its SQLSTATE.
  std::string refusal(const std::string& sql);
  // Sends statements and does not wait for an answer; finish() does, with the last one's rows.
  void start(const std::string& sql);
  Cells finish();

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

// A database of one test; dropped with the object.
class Database {
 public:
  Database();
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] std::string dsn(const std::string& user = "postgres") const;
  Cells query(const std::string& sql) { return sql_->query(sql); }
  std::string value(const std::string& sql) { return sql_->value(sql); }
  // A role that may log in, of a name that no other test uses; dropped with the database.
  std::string make_role(const std::string& name);

 private:
  std::string name_;
  std::unique_ptr<Sql> sql_;
  std::vector<std::string> roles_;
};

}  // namespace tallymill::testing
