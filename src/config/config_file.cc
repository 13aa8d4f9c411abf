#include "config/config_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "expression/utf8.h"

namespace tallymill {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  ~FileDescriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

std::string because_of_errno() { return std::string(": ") + std::strerror(errno); }

const char* kind_of(mode_t mode) {
  if (S_ISFIFO(mode)) return "a pipe (FIFO)";
  if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
  if (S_ISSOCK(mode)) return "a socket";
  if (S_ISDIR(mode)) return "a folder";
  return "no regular file";
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::string not_utf8_message(std::string_view text) {
  if (text.substr(0, 2) == "\xFF\xFE" || text.substr(0, 2) == "\xFE\xFF") {
    return "the file is UTF-16; save it as UTF-8";
  }
  return "the file is not valid UTF-8; save it as UTF-8";
}

// The first byte that starts a control character other than tab and line ends, if there is one.
std::optional<std::size_t> find_control_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\t' || byte == '\n') continue;
    if (byte == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (byte < 0x20 || byte == 0x7F) return i;
    // U+0080 to U+009F.
    if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0)
      return i;
  }
  return std::nullopt;
}

std::string control_character_message(unsigned char byte) {
  if (byte == 0) return "a NUL byte stands here; the file is damaged or no text";
  char code[8];
  std::snprintf(code, sizeof code, "0x%02X", static_cast<unsigned>(byte));
  return "the control character " + std::string(code) +
         " stands here; remove it, or write it as an escape in double quotes";
}

}  // namespace

std::vector<std::string> list_config_files(const std::string& path, Problems& problems) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    problems.error(path, "reading the configuration" + because_of_errno());
    return {};
  }
  if (!S_ISDIR(status.st_mode)) return {path};

  DIR* folder = ::opendir(path.c_str());
  if (folder == nullptr) {
    problems.error(path, "reading the folder" + because_of_errno());
    return {};
  }
  std::vector<std::string> files;
  const std::string prefix = ends_with(path, "/") ? path : path + "/";
  while (const dirent* entry = ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    if (name.empty() || name[0] == '.') continue;
    if (ends_with(name, ".test.yaml")) continue;
    if (ends_with(name, ".yaml")) files.push_back(prefix + std::string(name));
    if (ends_with(name, ".yml")) {
      problems.warning(prefix + std::string(name),
                       "only files that end in .yaml are read; this one is not");
    }
  }
  ::closedir(folder);
  std::sort(files.begin(), files.end());
  if (files.empty()) problems.error(path, "the folder holds no file that ends in .yaml");
  return files;
}

ConfigFile read_config_file(const std::string& path, Problems& problems) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    problems.error(path, "reading the file" + because_of_errno());
    return {};
  }
  // Asked before opening, because opening a device or a pipe can itself do something; and without
  // blocking, because the path may stand for something else by then.
  FileDescriptor file(S_ISREG(status.st_mode)
                          ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
                          : -1);
  if (S_ISREG(status.st_mode) && (file.get() < 0 || ::fstat(file.get(), &status) != 0)) {
    problems.error(path, "reading the file" + because_of_errno());
    return {};
  }
  if (!S_ISREG(status.st_mode)) {
    problems.error(path, std::string("this is ") + kind_of(status.st_mode) +
                             "; a configuration is a regular file or a folder of .yaml files");
    return {};
  }
  std::string text;
  char block[16384];
  while (text.size() <= max_config_bytes) {
    const ssize_t got = ::read(file.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      problems.error(path, "reading the file" + because_of_errno());
      return {};
    }
    if (got == 0) break;
    text.append(block, static_cast<std::size_t>(got));
  }
  return {make_document(path, std::move(text), problems), status.st_mode & 07777U};
}

std::unique_ptr<Document> make_document(const std::string& name, std::string text,
                                        Problems& problems) {
  if (text.size() > max_config_bytes) {
    problems.error(name, "the file is larger than 1 MiB; split the pipelines over several files of "
                         "one folder");
    return nullptr;
  }
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.erase(0, 3);
  if (text.empty()) {
    problems.error(name, "the file is empty");
    return nullptr;
  }
  if (!expression::is_valid_utf8(text)) {
    problems.error(name, not_utf8_message(text));
    return nullptr;
  }
  auto document = std::make_unique<Document>(name, std::move(text));
  if (const auto at = find_control_character(document->text())) {
    const Place place = document->place(*at);
    problems.error(name, control_character_message(static_cast<unsigned char>(document->text()[*at])) +
                             " (line " + std::to_string(place.line) + ", column " +
                             std::to_string(place.column) + ")");
    return nullptr;
  }
  return document;
}

std::string absolute_path(const Document& document, const std::string& path) {
  std::error_code error;
  const std::filesystem::path folder =
      std::filesystem::absolute(document.name(), error).parent_path();
  return (folder / path).lexically_normal().string();
}

}  // namespace tallymill
