#include "daemon/process_identity.h"

#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

namespace tallymill {
namespace {

// The 22nd field of proc(5)'s stat. Names may hold spaces and parentheses; behind the last one of these
// there are only numbers and a letter.
std::optional<std::int64_t> read_started(std::int64_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  std::string field;
  for (int number = 3; number < 22; ++number) fields >> field;
  std::int64_t started = 0;
  if (!(fields >> started)) return std::nullopt;
  return started;
}

std::string own_space() {
  std::array<char, 64> text{};
  const ssize_t size = ::readlink("/proc/self/ns/pid", text.data(), text.size());
  return size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
}

}  // namespace

ProcessIdentity this_process() {
  const std::int64_t pid = ::getpid();
  return {pid, read_started(pid).value_or(0), own_space()};
}

std::optional<ProcessIdentity> process_of(std::int64_t pid) {
  const auto started = read_started(pid);
  if (!started) return std::nullopt;
  return ProcessIdentity{pid, *started, own_space()};
}

}  // namespace tallymill
