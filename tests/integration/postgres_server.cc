#include "integration/postgres_server.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "support/catch.h"

namespace tallymill::testing {
namespace {

namespace fs = std::filesystem;

// The newest installed server's programs.
fs::path find_programs() {
  int newest = 0;
  fs::path programs;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql")) {
    const int version = std::atoi(entry.path().filename().c_str());
    if (version <= newest || !fs::exists(entry.path() / "bin/initdb")) continue;
    newest = version;
    programs = entry.path() / "bin";
  }
  REQUIRE(newest >= 15);
  return programs;
}

// Starts a program as the user postgres, because the server refuses to run as root; it does not
// outlive this process.
pid_t start(const std::vector<std::string>& words, const fs::path& log) {
  const passwd* const postgres = geteuid() == 0 ? getpwnam("postgres") : nullptr;
  if (geteuid() == 0) REQUIRE(postgres != nullptr);
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child > 0) return child;
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  const bool fallen = postgres == nullptr || (setgroups(0, nullptr) == 0 &&
                                              setgid(postgres->pw_gid) == 0 &&
                                              setuid(postgres->pw_uid) == 0);
  // Forgotten at a change of user, so it comes after that.
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (fallen) execv(arguments[0], arguments.data());
  _exit(127);
}

int end_of(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

PostgresServer& PostgresServer::get() {
  static PostgresServer server;
  return server;
}

PostgresServer::PostgresServer() {
  std::string folder = (fs::temp_directory_path() / "tallymill-postgres-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  folder_ = folder;
  if (geteuid() == 0) {
    const passwd* const postgres = getpwnam("postgres");
    REQUIRE(postgres != nullptr);
    REQUIRE(chown(folder.c_str(), postgres->pw_uid, postgres->pw_gid) == 0);
  }
  const fs::path programs = find_programs();
  const fs::path log = folder_ / "log";
  REQUIRE(end_of(start({programs / "initdb", "-D", folder_ / "data", "-U", "postgres", "-A", "trust",
                        "-E", "UTF8", "--locale", "C", "--no-sync"},
                       log)) == 0);
  // Nothing here is about durability, so the disk need not be waited for.
  server_ = start({programs / "postgres", "-D", folder_ / "data", "-k", folder_, "-c",
                   "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=60", "-c",
                   "timezone=UTC"},
                  log);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (PQping(dsn("postgres").c_str()) != PQPING_OK) {
    INFO("see " << log);
    REQUIRE(std::chrono::steady_clock::now() < until);
    REQUIRE(waitpid(server_, nullptr, WNOHANG) == 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

// Runs after Catch has ended: nothing of it may be used here.
PostgresServer::~PostgresServer() {
  kill(server_, SIGQUIT);
  end_of(server_);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string PostgresServer::dsn(const std::string& database, const std::string& user) const {
  return "host=" + folder_.string() + " dbname=" + database + " user=" + user;
}

struct Sql::Handle {
  explicit Handle(const std::string& dsn) : handle(PQconnectdb(dsn.c_str()), &PQfinish) {}

  // The last result; earlier ones must be good as well unless `may_fail`.
  [[nodiscard]] std::unique_ptr<PGresult, void (*)(PGresult*)> last(bool may_fail) const {
    std::unique_ptr<PGresult, void (*)(PGresult*)> result(nullptr, &PQclear);
    while (PGresult* const next = PQgetResult(handle.get())) {
      result.reset(next);
      const auto status = PQresultStatus(next);
      INFO(PQresultErrorMessage(next));
      REQUIRE((may_fail || status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK));
    }
    REQUIRE(result);
    return result;
  }

  std::unique_ptr<PGconn, void (*)(PGconn*)> handle;
};

Sql::Sql(const std::string& dsn) : handle_(std::make_unique<Handle>(dsn)) {
  INFO(PQerrorMessage(handle_->handle.get()));
  REQUIRE(PQstatus(handle_->handle.get()) == CONNECTION_OK);
  PQsetNoticeProcessor(handle_->handle.get(), [](void*, const char*) {}, nullptr);
}

Sql::~Sql() = default;

void Sql::start(const std::string& sql) {
  INFO(PQerrorMessage(handle_->handle.get()));
  REQUIRE(PQsendQuery(handle_->handle.get(), sql.c_str()) == 1);
}

Cells Sql::finish() {
  const auto result = handle_->last(false);
  Cells rows;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    rows.emplace_back();
    for (int column = 0; column < PQnfields(result.get()); ++column) {
      const bool null = PQgetisnull(result.get(), row, column) == 1;
      rows.back().push_back(null ? "NULL" : PQgetvalue(result.get(), row, column));
    }
  }
  return rows;
}

Cells Sql::query(const std::string& sql) {
  INFO(sql);
  start(sql);
  return finish();
}

std::string Sql::value(const std::string& sql) {
  const Cells rows = query(sql);
  INFO(sql);
  REQUIRE(rows.size() == 1);
  REQUIRE(rows[0].size() == 1);
  return rows[0][0];
}

std::string Sql::refusal(const std::string& sql) {
  INFO(sql);
  start(sql);
  const auto result = handle_->last(true);
  const char* const code = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
  REQUIRE(code != nullptr);
  return code;
}

Database::Database() {
  static int count = 0;
  name_ = "test_" + std::to_string(++count);
  Sql(PostgresServer::get().dsn("postgres")).query("CREATE DATABASE " + name_);
  sql_ = std::make_unique<Sql>(dsn());
}

Database::~Database() {
  sql_.reset();
  Sql server(PostgresServer::get().dsn("postgres"));
  server.query("DROP DATABASE " + name_ + " WITH (FORCE)");
  for (const std::string& role : roles_) server.query("DROP ROLE " + role);
}

std::string Database::dsn(const std::string& user) const {
  return PostgresServer::get().dsn(name_, user);
}

std::string Database::make_role(const std::string& name) {
  const std::string role = name + "_of_" + name_;
  query("CREATE ROLE " + role + " LOGIN");
  roles_.push_back(role);
  return role;
}

}  // namespace tallymill::testing
