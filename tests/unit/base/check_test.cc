#include "base/check.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <string>

#include "base/error.h"

namespace tallymill {
namespace {

void hold(bool condition) { CHECK(condition, "the test says so"); }

}  // namespace
}  // namespace tallymill

// Catch has a macro of the same name.
#undef CHECK
#include "support/catch.h"

namespace tallymill {
namespace {

struct End {
  bool aborted = false;
  std::string last_words;
};

// Runs `body` in a process of its own.
End end_of(const std::function<void()>& body) {
  int ends[2] = {-1, -1};
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    dup2(ends[1], STDERR_FILENO);
    body();
    _exit(0);
  }
  close(ends[1]);
  End end;
  char bytes[512];
  for (ssize_t got = 0; (got = read(ends[0], bytes, sizeof bytes)) > 0;) {
    end.last_words.append(bytes, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  end.aborted = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
  return end;
}

TEST_CASE("a broken invariant ends the process and says which, where and what comes of it") {
  const End end = end_of([] { hold(false); });
  CHECK(end.aborted);
  CHECK(end.last_words.find("check_test.cc:") != std::string::npos);
  CHECK(end.last_words.find("broken invariant: condition (the test says so)") != std::string::npos);
  CHECK(end.last_words.find("a restart resumes from the checkpoint") != std::string::npos);
}

TEST_CASE("an invariant that holds costs nothing") {
  const End end = end_of([] { hold(true); });
  CHECK_FALSE(end.aborted);
  CHECK(end.last_words.empty());
}

TEST_CASE("the value of an error, and the error of a value, are nobody's to take") {
  CHECK(end_of([] { static_cast<void>(Result<int>(Error(Reaction::stop, "x")).value()); }).aborted);
  CHECK(end_of([] { static_cast<void>(Result<int>(7).error()); }).aborted);
  CHECK(end_of([] { static_cast<void>(Result<void>().error()); }).aborted);
  CHECK_FALSE(end_of([] { static_cast<void>(Result<int>(7).value()); }).aborted);
}

}  // namespace
}  // namespace tallymill
