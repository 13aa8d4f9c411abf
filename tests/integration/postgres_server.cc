#include "integration/postgres_server.h"

#include <libpq-fe.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "support/catch.h"

namespace tallymill::testing {
namespace {

namespace fs = std::filesystem;

// The newest installed server's programs.
fs::path find_programs() {
  std::vector<std::pair<int, fs::path>> found;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql")) {
    if (fs::exists(entry.path() / "bin/initdb")) {
      found.emplace_back(std::atoi(entry.path().filename().c_str()), entry.path() / "bin");
    }
  }
  REQUIRE_FALSE(found.empty());
  return std::max_element(found.begin(), found.end())->second;
}

// The server refuses to run as root.
void run(const std::string& command) {
  const std::string as_whom = geteuid() == 0 ? "setpriv --reuid postgres --regid postgres --clear-groups " : "";
  INFO(command);
  REQUIRE(std::system((as_whom + command + " > /dev/null 2>&1").c_str()) == 0);
}

}  // namespace

PostgresServer& PostgresServer::get() {
  static PostgresServer server;
  return server;
}

PostgresServer::PostgresServer() : folder_("/tmp/tallymill-postgres-XXXXXX") {
  REQUIRE(mkdtemp(folder_.data()) != nullptr);
  if (geteuid() == 0) REQUIRE(std::system(("chown postgres " + folder_).c_str()) == 0);
  const std::string programs = find_programs().string() + "/";
  run(programs + "initdb -D " + folder_ + "/data -U postgres -A trust -E UTF8 --locale C");
  // Nothing here is about durability, so the disk need not be waited for.
  run(programs + "pg_ctl -w -D " + folder_ + "/data -l " + folder_ +
      "/log -o \"-c listen_addresses='' -c unix_socket_directories=" + folder_ +
      " -c fsync=off -c timezone=UTC\" start");
}

PostgresServer::~PostgresServer() {
  const std::string as_whom = geteuid() == 0 ? "setpriv --reuid postgres --regid postgres --clear-groups " : "";
  (void)!std::system((as_whom + find_programs().string() + "/pg_ctl -D " + folder_ +
                      "/data -m immediate stop > /dev/null 2>&1").c_str());
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string PostgresServer::dsn(const std::string& database, const std::string& user) const {
  return "host=" + folder_ + " dbname=" + database + " user=" + user;
}

struct Database::Connection {
  explicit Connection(const std::string& dsn) : handle(PQconnectdb(dsn.c_str())) {
    INFO(PQerrorMessage(handle));
    REQUIRE(PQstatus(handle) == CONNECTION_OK);
    PQsetNoticeProcessor(handle, [](void*, const char*) {}, nullptr);
  }
  ~Connection() { PQfinish(handle); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  std::vector<std::vector<std::string>> query(const std::string& sql) const {
    PGresult* result = PQexec(handle, sql.c_str());
    const auto status = PQresultStatus(result);
    INFO(sql);
    INFO(PQerrorMessage(handle));
    REQUIRE((status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK));
    std::vector<std::vector<std::string>> rows;
    for (int row = 0; row < PQntuples(result); ++row) {
      rows.emplace_back();
      for (int column = 0; column < PQnfields(result); ++column) {
        rows.back().push_back(PQgetisnull(result, row, column) == 1
                                  ? "NULL"
                                  : PQgetvalue(result, row, column));
      }
    }
    PQclear(result);
    return rows;
  }

  PGconn* handle;
};

Database::Database() {
  static int count = 0;
  name_ = "test_" + std::to_string(++count);
  const Connection owner(PostgresServer::get().dsn("postgres"));
  owner.query("CREATE DATABASE " + name_);
  connection_ = std::make_unique<Connection>(dsn());
}

Database::~Database() {
  connection_.reset();
  Connection(PostgresServer::get().dsn("postgres")).query("DROP DATABASE " + name_ + " WITH (FORCE)");
}

std::string Database::dsn(const std::string& user) const {
  return PostgresServer::get().dsn(name_, user);
}

std::vector<std::vector<std::string>> Database::query(const std::string& sql) {
  return connection_->query(sql);
}

std::string Database::value(const std::string& sql) {
  const auto rows = query(sql);
  REQUIRE(rows.size() == 1);
  REQUIRE(rows[0].size() == 1);
  return rows[0][0];
}

}  // namespace tallymill::testing
