#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace tallymill {

// The lines of a file, read one after the other; a pipe will do. Not thread-safe.
class LineFile {
 public:
  // "-" is the standard input. A line of more than `longest` bytes is cut to one byte more, so that it
  // is known for what it is, and takes no more memory than that. Fails if there is no such file.
  [[nodiscard]] static Result<LineFile> open(const std::string& path, std::size_t longest);

  // Sets `line` to the next one, without its end and the byte order mark of a file. False at the end.
  // Fails if the file cannot be read on.
  [[nodiscard]] Result<bool> next(std::string& line);

  // Of the line that next() gave last, from 1.
  [[nodiscard]] std::int64_t number() const { return number_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const;
  };
  LineFile(std::string path, std::FILE* file, std::size_t longest);
  [[nodiscard]] Result<bool> fill();

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::size_t longest_;
  std::vector<char> buffer_;
  std::string_view unread_;  // Of the buffer.
  std::int64_t number_ = 0;
};

}  // namespace tallymill
