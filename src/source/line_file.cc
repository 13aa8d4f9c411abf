#include "source/line_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tallymill {
namespace {

constexpr std::size_t buffer_size = 256 << 10;

Error unreadable(const std::string& path, int number) {
  return {Reaction::stop, path + ": " + std::strerror(number)};
}

}  // namespace

void LineFile::Close::operator()(std::FILE* file) const {
  if (file != stdin) std::fclose(file);
}

LineFile::LineFile(std::string path, std::FILE* file, std::size_t longest)
    : path_(std::move(path)), file_(file), longest_(longest), buffer_(buffer_size) {}

Result<LineFile> LineFile::open(const std::string& path, std::size_t longest) {
  if (path == "-") return LineFile("standard input", stdin, longest);
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return unreadable(path, errno);
  LineFile lines(path, file, longest);
  struct stat status {};
  if (::fstat(::fileno(file), &status) == 0 && S_ISDIR(status.st_mode)) return unreadable(path, EISDIR);
  return lines;
}

Result<bool> LineFile::fill() {
  const std::size_t got = std::fread(buffer_.data(), 1, buffer_.size(), file_.get());
  if (got == 0 && std::ferror(file_.get()) != 0) return unreadable(path_, errno);
  unread_ = {buffer_.data(), got};
  return got > 0;
}

Result<bool> LineFile::next(std::string& line) {
  line.clear();
  bool any = false;
  for (;;) {
    if (unread_.empty()) {
      TRY_ASSIGN(const bool more, fill());
      if (!more) break;
    }
    any = true;
    const std::size_t end = unread_.find('\n');
    const std::string_view piece = unread_.substr(0, end);
    line.append(piece.substr(0, longest_ + 1 - std::min(line.size(), longest_ + 1)));
    unread_.remove_prefix(end == std::string_view::npos ? unread_.size() : end + 1);
    if (end != std::string_view::npos) break;
  }
  if (!any) return false;
  if (line.ends_with('\r')) line.pop_back();
  if (++number_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
  return true;
}

}  // namespace tallymill
