#pragma once

// The text of one configuration file, and how it is shown in messages: by line and column, with
// whatever is secret left out.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/problem.h"

namespace tallymill {

class Document {
 public:
  // REQUIRES: `text` is valid UTF-8.
  Document(std::string name, std::string text);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string_view text() const { return text_; }

  // The place of a byte. REQUIRES: offset <= text().size()
  [[nodiscard]] Place place(std::size_t offset) const;
  // Of the line that holds the byte: its first byte, and its text without the line's end.
  [[nodiscard]] std::size_t line_begin(std::size_t offset) const;
  [[nodiscard]] std::string_view line(std::size_t offset) const;

  // No excerpt shows these bytes.
  void redact(std::size_t begin, std::size_t end) { redacted_.emplace_back(begin, end); }

  struct Excerpt {
    std::string text;
    int caret = 0;  // Column, from 1.
  };
  // The line that holds the byte, or the part of it that fits a screen.
  [[nodiscard]] Excerpt excerpt(std::size_t offset) const;

 private:
  std::string name_;
  std::string text_;
  std::vector<std::size_t> line_begins_;
  std::vector<std::pair<std::size_t, std::size_t>> redacted_;
};

// A byte of a document. The document outlives it.
struct Spot {
  const Document* document = nullptr;
  std::size_t offset = 0;

  [[nodiscard]] Place place() const { return document->place(offset); }
};

}  // namespace tallymill
