#include "daemon/secrets.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "base/clock.h"

extern char** environ;

namespace tallymill {
namespace {

constexpr std::size_t longest_secret = 64 << 10;
constexpr Duration command_patience = std::chrono::seconds(10);

Secret without_newline(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return Secret(std::move(text));
}

Error unreadable(const std::string& what) { return {Reaction::retry, "secret", what}; }

// Reads to the end, at most until the deadline.
Result<std::string> read_all(int descriptor, SteadyTime until) {
  std::string text;
  std::array<char, 4096> piece{};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - system_clock().steady_now());
    pollfd one{descriptor, POLLIN, 0};
    if (left.count() <= 0 || poll(&one, 1, static_cast<int>(left.count())) == 0) {
      return unreadable("no end within 10 seconds");
    }
    const ssize_t got = read(descriptor, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(std::strerror(errno));
    if (got == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > longest_secret) return unreadable("more than 64 KiB");
  }
}

Result<Secret> from_file(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return unreadable("secret file " + path + ": " + std::strerror(errno));
  struct stat facts {};
  const bool regular = fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode);
  auto text = regular ? read_all(descriptor, system_clock().steady_now() + command_patience)
                      : Result<std::string>(unreadable("not a regular file"));
  close(descriptor);
  if (!text.ok()) return text.error().within("secret file " + path);
  return without_newline(std::move(text).value());
}

// Returns the exit status; ends the process if it lives on after it has closed its output.
int wait_for_end(pid_t child, bool patient) {
  int status = 0;
  const SteadyTime until = system_clock().steady_now() + std::chrono::seconds(1);
  while (patient && system_clock().steady_now() < until) {
    if (waitpid(child, &status, WNOHANG) == child) return status;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  kill(child, SIGKILL);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

Result<Secret> from_command(const std::vector<std::string>& argv) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return unreadable(std::strerror(errno));
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  // What the daemon blocks and ignores is its own affair.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  sigaddset(&signals, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, words[0], &actions, &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (failed != 0) {
    close(ends[0]);
    return unreadable("secret command " + argv[0] + ": " + std::strerror(failed));
  }
  auto text = read_all(ends[0], system_clock().steady_now() + command_patience);
  close(ends[0]);
  const int status = wait_for_end(child, text.ok());
  if (!text.ok()) return text.error().within("secret command " + argv[0]);
  if (status != 0) return unreadable("secret command " + argv[0] + " ended with an error");
  return without_newline(std::move(text).value());
}

}  // namespace

Result<Secret> resolve_secret(const SecretSource& source) {
  if (const auto* literal = std::get_if<SecretSource::Literal>(&source.from)) return literal->value;
  if (const auto* file = std::get_if<SecretSource::File>(&source.from)) return from_file(file->path);
  return from_command(std::get_if<SecretSource::Command>(&source.from)->argv);
}

}  // namespace tallymill
