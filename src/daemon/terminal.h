#pragma once

// How a command's answer looks to a person, and to a pipe.

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace tallymill {

// Whether the stream is a terminal that wants colour: NO_COLOR (set and not empty) and TERM=dumb say no.
[[nodiscard]] bool wants_colour(std::FILE* stream);
[[nodiscard]] bool is_terminal(std::FILE* stream);
// Whether it is a terminal that text can be drawn on again: TERM=dumb says no.
[[nodiscard]] bool can_redraw(std::FILE* stream);

// "250 ms", "4.2 s", "3 min 5 s", "2 h 5 min", "4 d 2 h".
[[nodiscard]] std::string short_duration(std::chrono::milliseconds duration);

enum class Ink : unsigned char { plain, bold, dim, red, green, yellow };

// The text in that ink where `colour` says so.
[[nodiscard]] std::string inked(std::string text, Ink ink, bool colour);

// A table in columns, two spaces apart, without trailing spaces.
class TextTable {
 public:
  struct Column {
    std::string title;
    bool right = false;  // Numbers.
  };
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // One cell per column. Ink takes no room.
  struct Cell {
    std::string text;
    Ink ink = Ink::plain;
  };
  void add(std::vector<Cell> cells);

  // Cells of more than `widest` characters are cut; 0 cuts none. Every line begins with `indent`.
  [[nodiscard]] std::string render(bool colour, std::size_t widest, std::string_view indent) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace tallymill
