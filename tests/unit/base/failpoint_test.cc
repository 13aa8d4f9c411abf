#include "base/failpoint.h"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "support/catch.h"

namespace tallymill {
namespace {

// Nothing stays armed behind a test.
struct Armed {
  explicit Armed(std::string_view text) : result(arm_failpoints(text)) {}
  ~Armed() { disarm_failpoints(); }
  Armed(const Armed&) = delete;
  Armed& operator=(const Armed&) = delete;
  Result<void> result;
};

std::string refusal(std::string_view text) {
  const Armed armed(text);
  REQUIRE_FALSE(armed.result.ok());
  CHECK(armed.result.error().reaction() == Reaction::stop);
  return armed.result.error().message();
}

// The names that the list of all names has.
std::set<std::string> known_names() {
  const std::string message = refusal("nowhere=kill9");
  const std::string list = message.substr(message.rfind("there are ") + 10);
  std::set<std::string> names;
  const std::regex name("[a-z_.0-9]+");
  for (std::sregex_iterator it(list.begin(), list.end(), name), end; it != end; ++it) names.insert(it->str());
  return names;
}

// The names that the source passes.
std::set<std::string> passed_names() {
  std::set<std::string> names;
  const std::regex call(R"re((?:failpoint|fault_at|pass)\("([a-z_.0-9]+)"\)|commit\(\*connection_, "([a-z_.0-9]+)"\))re");
  for (const auto& file : std::filesystem::recursive_directory_iterator(TALLYMILL_SOURCE_DIR "/src")) {
    if (file.path().extension() != ".cc") continue;
    std::ifstream stream(file.path());
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    for (std::sregex_iterator it(text.begin(), text.end(), call), end; it != end; ++it) {
      names.insert((*it)[1].matched ? (*it)[1] : (*it)[2]);
    }
  }
  return names;
}

}  // namespace

TEST_CASE("a failpoint that is not armed does nothing") {
  CHECK(fault_at("tx.after_cas") == Fault::none);
  const Armed other("tx.after_begin=error");
  CHECK(fault_at("tx.after_cas") == Fault::none);
}

TEST_CASE("an armed failpoint tells its place what to do, the first time that it is passed") {
  const Armed armed("tx.after_cas=error");
  REQUIRE(armed.result.ok());
  CHECK(fault_at("tx.after_cas") == Fault::error);
  CHECK(fault_at("tx.after_cas") == Fault::none);
}

TEST_CASE("a failpoint acts at the hit that is asked for, and once") {
  const Armed armed("tx.after_cas=close_pg@3,tx.after_cas=error@4,tx.after_begin=error@2");
  REQUIRE(armed.result.ok());
  CHECK(fault_at("tx.after_cas") == Fault::none);
  CHECK(fault_at("tx.after_begin") == Fault::none);
  CHECK(fault_at("tx.after_cas") == Fault::none);
  CHECK(fault_at("tx.after_cas") == Fault::close_pg);
  CHECK(fault_at("tx.after_cas") == Fault::error);
  CHECK(fault_at("tx.after_cas") == Fault::none);
  CHECK(fault_at("tx.after_begin") == Fault::error);
}

TEST_CASE("sleep holds the thread that passes, and no longer than it says") {
  const Armed armed("agg.mid=sleep(20)");
  REQUIRE(armed.result.ok());
  const auto began = std::chrono::steady_clock::now();
  failpoint("agg.mid");
  CHECK(std::chrono::steady_clock::now() - began >= std::chrono::milliseconds(20));
}

TEST_CASE("kill9 ends the process as a kill from outside does") {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (!arm_failpoints("agg.mid=kill9@2").ok()) _exit(1);
    failpoint("agg.mid");
    failpoint("agg.mid");
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGKILL);
}

TEST_CASE("an unknown name is answered with all names") {
  const std::string message = refusal("tx.after_cass=kill9");
  CHECK(message.find("tx.after_cass") != std::string::npos);
  CHECK(message.find("tx.after_cas,") != std::string::npos);
  CHECK(known_names().size() > 20);
}

TEST_CASE("what cannot be read is said, and arms nothing") {
  for (const char* text : {"", "tx.after_cas", "tx.after_cas=", "tx.after_cas=fly", "tx.after_cas=kill9@",
                           "tx.after_cas=kill9@0", "tx.after_cas=kill9@x", "tx.after_cas=kill9@1x",
                           "tx.after_cas=stop", "tx.after_cas=stop()", "tx.after_cas=stop(-1)",
                           "tx.after_cas=sleep(1", "tx.after_cas=kill9,", "=kill9"}) {
    CHECK_FALSE(refusal(text).empty());
    CHECK(fault_at("tx.after_cas") == Fault::none);
  }
}

TEST_CASE("a place that cannot fail is not told to") {
  CHECK(refusal("agg.mid=error").find("can only") != std::string::npos);
  CHECK(refusal("agg.mid=close_pg").find("can only") != std::string::npos);
}

TEST_CASE("the table of failpoints names those that the source passes") {
  CHECK(known_names() == passed_names());
}

}  // namespace tallymill
