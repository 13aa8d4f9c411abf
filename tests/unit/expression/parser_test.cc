#include "expression/parser.h"

#include <string>
#include <string_view>
#include <variant>

#include "support/catch.h"

namespace tallymill::expression {
namespace {

// The tree with every operator's operands in brackets, or "column: problem".
std::string bracketed(const Node& node) {
  if (node.operands.empty() || node.kind == NodeKind::lookup) return canonical_text(node);
  std::string out = "(" + node.text;
  for (const NodePtr& operand : node.operands) out += " " + bracketed(*operand);
  return out + ")";
}

std::string tree_of(std::string_view text) {
  auto result = parse(text);
  if (auto* problem = std::get_if<Problem>(&result))
    return std::to_string(problem->span.begin + 1) + ": " + problem->message;
  return bracketed(*std::get<NodePtr>(result));
}

std::string canonical(std::string_view text) {
  auto result = parse(text);
  if (auto* problem = std::get_if<Problem>(&result)) return problem->message;
  return canonical_text(*std::get<NodePtr>(result));
}

struct Row {
  std::string_view text;
  std::string_view expected;
};

TEST_CASE("operators bind as CEL's do") {
  const Row rows[] = {
      {"a + b * c", "(+ a (* b c))"},
      {"(a + b) * c", "(* (+ a b) c)"},
      {"a - b - c", "(- (- a b) c)"},
      {"a / b % c", "(% (/ a b) c)"},
      {"a < b == c", "(== (< a b) c)"},
      {"a == b && c || d", "(|| (&& (== a b) c) d)"},
      {"a || b && c", "(|| a (&& b c))"},
      {"!a && b", "(&& (! a) b)"},
      {"!a.startsWith(b)", "(! (startsWith a b))"},
      {"-a * b", "(* (- a) b)"},
      {"a ? b : c ? d : e", "(? a b (? c d e))"},
      {"a || b ? c : d", "(? (|| a b) c d)"},
      {"a in [b, c] && d", "(&& (in a ([] b c)) d)"},
      {"!(a in [b])", "(! (in a ([] b)))"},
      {"a && b && c", "(&& a b c)"},
      {"a && (b && c)", "(&& a b c)"},
      {"a -1", "(- a 1)"},
      {"a - -1", "(- a -1)"},
      {"a // a comment\n + b", "(+ a b)"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(tree_of(row.text) == row.expected);
  }
}

TEST_CASE("the canonical text has one spelling for each tree") {
  const Row rows[] = {
      {"  a+b  ", "a + b"},
      {"((a)) + ((b * c))", "a + b * c"},
      {"(a + b) * c", "(a + b) * c"},
      {"a - (b - c)", "a - (b - c)"},
      {"a&&(b||c)", "a && (b || c)"},
      {"a ? (b ? c : d) : e", "a ? (b ? c : d) : e"},
      {"(a ? b : c) ? d : e", "(a ? b : c) ? d : e"},
      {"'it\\'s'", "\"it's\""},
      {"r'\\d'", "\"\\\\d\""},
      {"\"a\\nb\"", "\"a\\x0ab\""},
      {"0x1F", "31"},
      {"-0x10", "-16"},
      {"1.50", "1.5"},
      {"2.0", "2.0"},
      {"10000000000000000000000000000000000000.01", "10000000000000000000000000000000000000.0"},
      {"-.5", "-0.5"},
      {"1e3", "1000.0"},
      {"1e300", "1e+300"},
      {"0.10000000000000000001", "0.10000000000000000001"},
      {"-(5)", "-5"},
      {"- -5", "5"},
      {"a[\"b\"].c", "a.b.c"},
      {"a['b c']", "a[\"b c\"]"},
      {"`first name`", "`first name`"},
      {"`in`", "`in`"},
      {"size(a)", "size(a)"},
      {"a . startsWith ( 'x' )", "a.startsWith(\"x\")"},
      {"lookup('ads', id)['c d']", "lookup(ads, id)[\"c d\"]"},
      {"lookup( ads , a + b ).c", "lookup(ads, a + b).c"},
      {"a in [1,2,]", "a in [1, 2]"},
      {"-9223372036854775808", "-9223372036854775808"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(canonical(row.text) == row.expected);
    CHECK(canonical(canonical(row.text)) == row.expected);
  }
}

TEST_CASE("strings have CEL's quotes and escapes") {
  const Row rows[] = {
      {R"("a\tb")", "a\tb"},
      {R"('say "x"')", "say \"x\""},
      {R"("\x41\u00e9\U0001F600\101")", "A\xC3\xA9\xF0\x9F\x98\x80" "A"},
      {R"("\\ \? \' \" \`")", "\\ ? ' \" `"},
      {R"(r"\d+\")", "\\d+\\"},
      {"R'a\\'", "a\\"},
      {"'''two\nlines, it's'''", "two\nlines, it's"},
      {"\"\"\"a\"b\"\"\"", "a\"b"},
      {"r\"\"\"\\n\"\"\"", "\\n"},
      {"''", ""},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    auto result = parse(row.text);
    REQUIRE(std::holds_alternative<NodePtr>(result));
    const Node& node = *std::get<NodePtr>(result);
    CHECK(node.value.is(Type::string));
    CHECK(node.value.string() == row.expected);
  }
}

TEST_CASE("every problem points at its character and says what to write") {
  const Row rows[] = {
      {"", "1: the expression is empty"},
      {"   ", "1: the expression is empty"},
      {"a ==", "5: the expression ends too early"},
      {"a = 1", "3: to compare, write =="},
      {"a & b", "3: for \"and\", write &&"},
      {"a | b", "3: for \"or\", write ||"},
      {"a and b", "3: for \"and\", write &&"},
      {"a or b", "3: for \"or\", write ||"},
      {"not a", "1: for \"not\", write !"},
      {"a <> b", "3: for \"not equal\", write !="},
      {"a is null", "3: to ask for null, write == null or != null"},
      {"a b", "3: an operator is missing before this"},
      {"a ** 2", "3: there is no power operator; multiply instead"},
      {"a ^ 2", "3: there is no power operator; multiply instead"},
      {"(a", "3: ) is missing here"},
      {"a)", "2: ) cannot stand here; the expression is complete before it"},
      {"a ? b ? c : d : e", "7: a conditional between ? and : stands in parentheses"},
      {"count(*)", "7: there is no *; to count all records, write count()"},
      {"a ? b", "6: : is missing here; a conditional is written a ? b : c"},
      {"f(a b)", "5: ) or a comma is missing here"},
      {"a.", "3: a field's name is missing after the point"},
      {"a[0]", "3: elements of lists come in a later version"},
      {"a[b]", "3: a field's name in quotes is missing here, as in a[\"b c\"]"},
      {"{'a': 1}", "1: maps come in a later version"},
      {"1u", "1: unsigned numbers come in a later version; leave the u away"},
      {"b'x'", "1: byte strings come in a later version"},
      {"9223372036854775808",
       "1: the number does not fit into 64 bits; write decimal(\"...\")"},
      {"-9223372036854775809",
       "1: the number does not fit into 64 bits; write decimal(\"...\")"},
      {"1e999", "1: the number is beyond what a double holds"},
      {"0x", "1: hexadecimal digits are missing after 0x"},
      {"'a", "1: the string is not closed; ' is missing at its end"},
      {"'a\nb'", "1: the string is not closed on its line"},
      {"'\\q'", "2: there is no such escape; a backslash itself is written \\\\, or the string as "
                "r\"...\""},
      {"'\\u12'", "2: this escape has 4 hexadecimal digits"},
      {"'\\ud800'", "2: this is no Unicode character"},
      {"'\\U00110000'", "2: this is no Unicode character"},
      {"'\\x00'", "2: a string cannot hold the character NUL: Postgres cannot"},
      {"'\\000'", "2: a string cannot hold the character NUL: Postgres cannot"},
      {"`a", "1: the name is not closed; ` is missing"},
      {"for", "1: for is a reserved word; a field of this name is written `for`"},
      {"lookup(ads, id)", "1: the column is missing after lookup(); it is written "
                          "lookup(name, key).column"},
      {"lookup(ads).c", "11: , is missing here; it is written lookup(name, key).column"},
      {"lookup(1, id).c",
       "8: the lookup's name is missing here; it is written lookup(name, key).column"},
      {"a.?b", "3: optional fields come in a later version"},
      {".a", "1: a field is written without a point before it"},
      {"a @ b", "3: the character @ cannot stand here; a name with such characters is written in "
                "backticks"},
      {"a + \xC3\xA9",
       "5: the character \xC3\xA9 cannot stand here; a name with such characters is written in "
       "backticks"},
      {"a \xFF", "1: the expression is not UTF-8"},
      {"3a", "2: a number ends here; an operator is missing, or a name begins with a digit (write "
             "it in backticks)"},
      {"'a'.b", "5: only a field has parts; this is none"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(tree_of(row.text) == row.expected);
  }
}

TEST_CASE("nesting is limited, and so is the depth of the tree") {
  auto repeated = [](std::string_view part, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += part;
    return out;
  };
  const std::string message = "the expression is nested more than 64 deep";
  CHECK(tree_of(repeated("(", 60) + "a" + repeated(")", 60)) == "a");
  CHECK(tree_of(repeated("(", 100000 / 2) + "a").find(message) != std::string::npos);
  CHECK(tree_of(repeated("!", 60000) + "a").find(message) != std::string::npos);
  CHECK(tree_of(repeated("-", 60000) + "a").find(message) != std::string::npos);
  CHECK(tree_of("a" + repeated(" + a", 62)).find(message) == std::string::npos);
  CHECK(tree_of("a" + repeated(" + a", 64)).find(message) != std::string::npos);
  CHECK(tree_of("a" + repeated(" ? a : a", 70)).find(message) != std::string::npos);
  CHECK(tree_of(repeated("a(", 70) + repeated(")", 70)).find(message) != std::string::npos);
  CHECK(tree_of("a" + repeated(".a", 70)).find(message) != std::string::npos);
}

TEST_CASE("a chain of && or || is as long as it likes") {
  std::string text = "a == 1";
  for (int i = 0; i < 1000; ++i) text += " || a == 1";
  auto result = parse(text);
  REQUIRE(std::holds_alternative<NodePtr>(result));
  CHECK(std::get<NodePtr>(result)->operands.size() == 1001);
  CHECK(std::get<NodePtr>(result)->depth == 3);
}

TEST_CASE("a text beyond the limit is refused") {
  CHECK(tree_of(std::string(max_expression_bytes + 1, ' ')) ==
        "1: the expression is longer than 65536 bytes");
}

}  // namespace
}  // namespace tallymill::expression
