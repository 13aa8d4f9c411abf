#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/reference/markdown.h"
#include "daemon/reference/pages.h"
#include "expression/functions.h"
#include "expression/names.h"
#include "expression/operators.h"
#include "expression/sample.h"

namespace tallymill::reference {
namespace {

using expression::CallForm;
using expression::Function;

std::string is(std::string_view example, std::string_view result) {
  return code(example) + " is " + code(result) + ".";
}

// "f(x, y, ...)"
std::string call(std::string_view name, const std::vector<std::string_view>& arguments, bool more) {
  std::string text(name);
  text += "(";
  for (std::size_t i = 0; i < arguments.size(); ++i) text += (i == 0 ? "" : ", ") + std::string(arguments[i]);
  return text + (more ? ", ...)" : ")");
}

// How it is written: `size(x)` or `x.size()`.
std::string signature(const Function& function) {
  constexpr std::array<std::string_view, 3> letters{"x", "y", "z"};
  const std::vector<std::string_view> arguments(letters.begin(), letters.begin() + function.min_arguments);
  const bool more = function.max_arguments == Function::any_number;
  const std::string global = code(call(function.name, arguments, more));
  const std::string member =
      code(std::string(arguments[0]) + "." + call(function.name, {arguments.begin() + 1, arguments.end()}, more));
  switch (function.form) {
    case CallForm::global: return global;
    case CallForm::member: return member;
    case CallForm::either: break;
  }
  return global + " or " + member;
}

std::string types(const Function& function) {
  const std::string takes = function.accepts.holds(Type::boolean) ? "any type" : function.accepts.str();
  const std::string gives =
      function.result == Type::missing ? "as its arguments" : std::string(to_string(function.result));
  return "takes " + takes + "; gives " + gives;
}

void add_sample(Markdown& page) {
  page.paragraph("Every example here is evaluated by a test on this record:");
  page.block("json", std::string(expression::sample_record) + "\n");
  std::string fields = "as fields of these types:";
  std::string_view between = " ";
  for (const expression::SampleField& field : expression::sample_fields) {
    fields += std::string(between) + code(std::string(field.path) + ": " + std::string(to_string(field.type)) +
                                          (field.optional ? "?" : ""));
    between = ", ";
  }
  page.paragraph(fields + ". The lookup `ads` holds:");
  page.block("csv", expression::sample_lookup);
}

void add_operators(Markdown& page) {
  page.heading(2, "Operators");
  page.paragraph("From the tightest to the loosest; the number says how tightly an operator binds. Those of "
                 "one number are read from left to right. `7` is a form that binds as a name does.");
  std::vector<expression::BinaryOperator> all(expression::other_operators.begin(),
                                              expression::other_operators.end());
  all.insert(all.end(), expression::binary_operators.begin(), expression::binary_operators.end());
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.precedence > b.precedence; });
  for (const expression::BinaryOperator& each : all) {
    page.item(code(each.text) + " (" + std::to_string(each.precedence) + "): " + std::string(each.documentation) +
              " " + is(each.example, each.result));
  }
}

}  // namespace

std::string functions_page() {
  Markdown page;
  page.heading(1, "Functions and operators");
  page.paragraph("What expressions are made of: `where`, `derive`, `group_by`, and what stands in an "
                 "aggregate's brackets. Literals, fields, and what null and missing mean are in "
                 "[Configuration](../configuration.md#expressions).");
  add_sample(page);
  page.heading(2, "Functions");
  for (const Function& each : expression::functions()) {
    page.item(code(each.name) + ": " + signature(each) + " " + types(each) + ". " + std::string(each.documentation) +
              " " + is(each.example, each.example_result));
  }
  add_operators(page);
  page.heading(2, "Metadata of the record");
  for (const expression::Metadata& each : expression::metadata) {
    page.item(code(each.name) + ": " + std::string(to_string(each.type)) + (each.optional ? "?" : "") + ". " +
              std::string(each.documentation));
  }
  return page.text();
}

}  // namespace tallymill::reference
