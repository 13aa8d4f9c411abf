#include "daemon/init/new_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tallymill {
namespace {

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<void> write_new_file(const std::string& path, const std::string& text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0 && errno == EEXIST) {
    return Error(Reaction::stop, path + " is there already, and nothing is overwritten; name another file");
  }
  const bool opened = descriptor >= 0;
  const bool written = opened && write_all(descriptor, text);
  int error = errno;
  if (opened && ::close(descriptor) != 0 && written) {
    error = errno;
  } else if (written) {
    return {};
  }
  if (opened) ::unlink(path.c_str());
  return Error(Reaction::stop, "writing " + path + ": " + std::strerror(error));
}

}  // namespace tallymill
