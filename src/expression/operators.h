#pragma once

// CEL's operators and how tightly they bind, for the parser, the printer and the reference pages.

#include <array>
#include <string_view>

namespace tallymill::expression {

struct BinaryOperator {
  std::string_view text;
  int precedence;  // The higher, the tighter. All are left-associative.
  std::string_view documentation;  // Sentences.
  std::string_view example;        // Over the sample record (sample.h), and what it comes to there.
  std::string_view result;
};

inline constexpr int conditional_precedence = 0;
inline constexpr int unary_precedence = 6;
inline constexpr int primary_precedence = 7;

inline constexpr std::array<BinaryOperator, 14> binary_operators = {{
    {"||", 1, "Or. Goes on over null if the other side is true.", "quantity > 5 || currency == \"eur\"", "true"},
    {"&&", 2, "And. Goes on over null if the other side is false.", "quantity > 5 && currency == \"eur\"",
     "false"},
    {"==", 3, "Equal. Null and missing equal each other and `null`, and nothing else.", "country == null", "true"},
    {"!=", 3, "Not equal.", "currency != \"usd\"", "true"},
    {"<", 3, "Less, in the order of numbers, of times, or of a text's bytes.",
     "latency_ms < 500", "true"},
    {"<=", 3, "Less or equal.", "latency_ms <= 250", "true"},
    {">", 3, "Greater.", "created_at > timestamp(\"2026-01-01T00:00:00Z\")", "true"},
    {">=", 3, "Greater or equal.", "quantity >= 4", "false"},
    {"in", 3, "Whether a list of literals holds the value.", "currency in [\"eur\", \"usd\"]", "true"},
    {"+", 4, "Sum; also joins texts.", "currency + \"/\" + city", "eur/KÖLN"},
    {"-", 4, "Difference.", "latency_ms - 300", "-50"},
    {"*", 5, "Product. Here as in all arithmetic an int beside a decimal becomes one, and a double mixes with neither.",
     "quantity * cost", "2.25"},
    {"/", 5, "Quotient; that of ints is cut toward zero. By zero it is the record's error.", "latency_ms / 60", "4"},
    {"%", 5, "What is left of a division of ints; has the sign of the left side.", "latency_ms % 60", "10"},
}};

// Those that are no binary operator, and other forms that bind as tightly as a name.
inline constexpr std::array<BinaryOperator, 6> other_operators = {{
    {"c ? a : b", conditional_precedence, "`a` if the condition `c` is true, else `b`.",
     "quantity > 5 ? \"many\" : \"few\"", "few"},
    {"!", unary_precedence, "Not.", "!has(country)", "false"},
    {"-x", unary_precedence, "Minus.", "-quantity", "-3"},
    {"a.b", primary_precedence, "A field of an object; `a[\"b c\"]` where its name is no name.", "client.port", "443"},
    {"[x, y]", primary_precedence, "A list of literals, for `in`.", "quantity in [1, 2, 3]", "true"},
    {"lookup(name, key).column", primary_precedence,
     "The column of the row that a lookup has for the key. `on_miss` says what happens if it has none.",
     "lookup(ads, ad_id).campaign", "spring"},
}};

// Returns null if `text` is no binary operator.
[[nodiscard]] constexpr const BinaryOperator* find_binary_operator(std::string_view text) {
  for (const BinaryOperator& op : binary_operators)
    if (op.text == text) return &op;
  return nullptr;
}

}  // namespace tallymill::expression
