#pragma once

// Cuts an expression's text into tokens, by CEL's lexical rules.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "expression/ast.h"

namespace tallymill::expression {

enum class TokenKind : std::uint8_t {
  identifier,         // `text`; true, false, null and `in` are identifiers here.
  quoted_identifier,  // `a b` in backticks; `text` without them.
  integer,            // `text` is the spelling, decimal or 0x...
  floating,           // `text` is the spelling.
  string,             // `text` is the contents, escapes resolved.
  symbol,             // `text` is one of ( ) [ ] { } , . ? : ! - + * / % == != < <= > >= && ||
  end,
};

struct Token {
  TokenKind kind = TokenKind::end;
  Span span;
  std::string text;

  [[nodiscard]] bool is(std::string_view symbol_text) const {
    return kind == TokenKind::symbol && text == symbol_text;
  }
  [[nodiscard]] bool is_word(std::string_view word) const {
    return kind == TokenKind::identifier && text == word;
  }
};

// The last token is `end`. Strings are valid UTF-8 without NUL.
[[nodiscard]] std::variant<std::vector<Token>, Problem> tokenize(std::string_view text);

// Reads the string literal at `position`, which is moved behind it: '...', "...", three quotes on
// either side, raw with r. REQUIRES: a quote, or r and a quote, stands at `position`.
[[nodiscard]] std::variant<std::string, Problem> read_string_literal(std::string_view text,
                                                                     std::size_t& position);

}  // namespace tallymill::expression
