#include "daemon/secrets.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "support/catch.h"

namespace tallymill {
namespace {

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) : path_("/tmp/tallymill-secret-XXXXXX") {
    const int descriptor = mkstemp(path_.data());
    REQUIRE(descriptor >= 0);
    close(descriptor);
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::remove(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Result<Secret> of_file(const std::string& path) {
  return resolve_secret({SecretSource::File{path}});
}
Result<Secret> of_command(std::vector<std::string> words) {
  return resolve_secret({SecretSource::Command{std::move(words)}});
}

}  // namespace

TEST_CASE("a secret is read where it is kept, without its last newline") {
  const TemporaryFile file("hunter2\n");
  CHECK(of_file(file.path())->reveal() == "hunter2");
  CHECK(of_command({"printf", "%s\\n", "hunter2"})->reveal() == "hunter2");
  CHECK(resolve_secret({SecretSource::Literal{Secret("a\n")}})->reveal() == "a\n");
}

TEST_CASE("a file that is replaced is read anew") {
  const TemporaryFile file("old");
  REQUIRE(of_file(file.path())->reveal() == "old");
  std::ofstream(file.path(), std::ios::trunc) << "new";
  CHECK(of_file(file.path())->reveal() == "new");
}

TEST_CASE("what cannot be read is an error that names it and may be tried again") {
  for (const auto& secret : {of_file("/nowhere/secret"), of_file("/tmp"),
                             of_command({"/nowhere/program"}), of_command({"false"})}) {
    REQUIRE_FALSE(secret.ok());
    CHECK(secret.error().reaction() == Reaction::retry);
  }
  CHECK(of_file("/nowhere/secret").error().message().find("/nowhere/secret") != std::string::npos);
}

TEST_CASE("a pipe in place of a file does not block") {
  const TemporaryFile file("");
  std::remove(file.path().c_str());
  REQUIRE(mkfifo(file.path().c_str(), 0600) == 0);
  CHECK_FALSE(of_file(file.path()).ok());
}

TEST_CASE("a command's words are never read by a shell, and its failure does not show its output") {
  CHECK(of_command({"printf", "%s", "$(id); `id`"})->reveal() == "$(id); `id`");
  const auto failed = of_command({"sh", "-c", "echo hunter2; exit 3"});
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().message().find("hunter2") == std::string::npos);
}

}  // namespace tallymill
