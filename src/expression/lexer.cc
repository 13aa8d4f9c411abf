#include "expression/lexer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "expression/utf8.h"

namespace tallymill::expression {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// Two-character symbols before the one-character ones that they begin with.
constexpr std::array<std::string_view, 24> symbols = {
    "==", "!=", "<=", ">=", "&&", "||", "(", ")", "[", "]", "{", "}", ",",
    ".",  "?",  ":",  "!",  "-",  "+",  "*", "/", "%", "<", ">"};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::variant<std::vector<Token>, Problem> run() {
    for (;;) {
      skip_space();
      if (at_ >= text_.size()) break;
      if (auto problem = next()) return *problem;
    }
    // Behind the last token: what follows it may be the line ends of a block.
    const std::size_t end = tokens_.empty() ? 0 : tokens_.back().span.end;
    tokens_.push_back({TokenKind::end, {end, end}, ""});
    return std::move(tokens_);
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void skip_space() {
    while (at_ < text_.size()) {
      if (is_space(text_[at_])) {
        ++at_;
      } else if (text_.substr(at_, 2) == "//") {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }

  void push(TokenKind kind, std::size_t begin, std::string text) {
    tokens_.push_back({kind, {begin, at_}, std::move(text)});
  }
  void push(TokenKind kind, std::size_t begin) {
    push(kind, begin, std::string(text_.substr(begin, at_ - begin)));
  }

  std::optional<Problem> next() {
    char c = peek();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (c == '"' || c == '\'') return string();
    if (is_letter(c)) return word();
    if (c == '`') return quoted_identifier();
    return symbol();
  }

  std::optional<Problem> string() {
    std::size_t begin = at_;
    auto read = read_string_literal(text_, at_);
    if (auto* problem = std::get_if<Problem>(&read)) return *problem;
    push(TokenKind::string, begin, std::get<std::string>(std::move(read)));
    return std::nullopt;
  }

  std::optional<Problem> word() {
    std::size_t begin = at_;
    while (is_letter(peek()) || is_digit(peek())) ++at_;
    std::string_view word = text_.substr(begin, at_ - begin);
    if (peek() == '"' || peek() == '\'') {
      if (word == "r" || word == "R") {
        at_ = begin;
        return string();
      }
      if (word == "b" || word == "B")
        return Problem{{begin, at_ + 1}, "byte strings come in a later version"};
    }
    push(TokenKind::identifier, begin);
    return std::nullopt;
  }

  std::optional<Problem> quoted_identifier() {
    std::size_t begin = at_++;
    while (at_ < text_.size() && peek() != '`' && peek() != '\n') ++at_;
    if (peek() != '`') return Problem{{begin, at_}, "the name is not closed; ` is missing"};
    std::string name(text_.substr(begin + 1, at_ - begin - 1));
    ++at_;
    if (name.empty()) return Problem{{begin, at_}, "a name in backticks cannot be empty"};
    push(TokenKind::quoted_identifier, begin, std::move(name));
    return std::nullopt;
  }

  std::optional<Problem> number() {
    std::size_t begin = at_;
    TokenKind kind = TokenKind::integer;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
      at_ += 2;
      if (!is_hex(peek())) return Problem{{begin, at_}, "hexadecimal digits are missing after 0x"};
      while (is_hex(peek())) ++at_;
    } else {
      while (is_digit(peek())) ++at_;
      if (peek() == '.' && is_digit(peek(1))) {
        kind = TokenKind::floating;
        ++at_;
        while (is_digit(peek())) ++at_;
      }
      if (peek() == 'e' || peek() == 'E') {
        std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
        if (is_digit(peek(1 + sign))) {
          kind = TokenKind::floating;
          at_ += 1 + sign;
          while (is_digit(peek())) ++at_;
        }
      }
    }
    if ((peek() == 'u' || peek() == 'U') && !is_letter(peek(1)) && !is_digit(peek(1)))
      return Problem{{begin, at_ + 1},
                     "unsigned numbers come in a later version; leave the u away"};
    if (is_letter(peek()))
      return Problem{{at_, at_ + 1}, "a number ends here; an operator is missing, or a name "
                                     "begins with a digit (write it in backticks)"};
    // .5 is spelled 0.5 from here on, as Decimal reads it.
    std::string spelling(text_.substr(begin, at_ - begin));
    push(kind, begin, spelling[0] == '.' ? '0' + spelling : spelling);
    return std::nullopt;
  }

  std::optional<Problem> symbol() {
    std::size_t begin = at_;
    if (text_.substr(at_, 2) == "**")
      return Problem{{begin, begin + 2}, "there is no power operator; multiply instead"};
    for (std::string_view symbol : symbols) {
      if (text_.substr(at_, symbol.size()) != symbol) continue;
      at_ += symbol.size();
      push(TokenKind::symbol, begin);
      return std::nullopt;
    }
    return unexpected();
  }

  [[nodiscard]] Problem unexpected() const {
    std::size_t end = at_ + 1;  // The whole character, which may be of several bytes.
    while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0U) == 0x80) ++end;
    auto says = [&](std::string message) { return Problem{{at_, end}, std::move(message)}; };
    switch (peek()) {
      case '=': return says("to compare, write ==");
      case '&': return says("for \"and\", write &&");
      case '|': return says("for \"or\", write ||");
      case '^': return says("there is no power operator; multiply instead");
      case '\\': return says("a backslash can stand in a string only");
      default: break;
    }
    auto byte = static_cast<unsigned char>(peek());
    if (byte < 0x20 || byte == 0x7F) return says("a control character cannot stand here");
    const std::string_view character = text_.substr(at_, end - at_);
    for (std::string_view quote : {"\u201C", "\u201D", "\u201E", "\u2018", "\u2019"})
      if (character == quote)
        return says(std::string(quote) + " is a typographic quote; write \" or '");
    return says("the character " + std::string(character) +
                " cannot stand here; a name with such characters is written in backticks");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::variant<std::vector<Token>, Problem> tokenize(std::string_view text) {
  if (!is_valid_utf8(text)) return Problem{{0, text.size()}, "the expression is not UTF-8"};
  if (auto nul = text.find('\0'); nul != std::string_view::npos)
    return Problem{{nul, nul + 1}, "a NUL character cannot stand in an expression"};
  return Lexer(text).run();
}

}  // namespace tallymill::expression
