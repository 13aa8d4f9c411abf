#pragma once

// Stable words that operators meet in metrics, tables, logs and messages. Each kind of word has one
// table: programs take the words from it, the reference pages what they mean.

#include <array>
#include <cstddef>
#include <string_view>

namespace tallymill {

struct Word {
  std::string_view word;
  std::string_view meaning;    // What happened, or what it is. Sentences, in Markdown.
  std::string_view cure = {};  // What to do; empty where nothing is to be done.
};

// Never defined: what asks a table for a word that it lacks does not compile.
void the_table_has_no_such_word();

template <std::size_t size>
[[nodiscard]] consteval std::string_view word_of(const std::array<Word, size>& table,
                                                 std::string_view word) {
  for (const Word& row : table)
    if (row.word == word) return row.word;
  the_table_has_no_such_word();
  return {};
}

}  // namespace tallymill
