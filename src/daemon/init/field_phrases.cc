#include "daemon/init/field_phrases.h"

#include "base/printable.h"
#include "daemon/init/proposal.h"
#include "expression/utf8.h"

namespace tallymill {
namespace {

constexpr std::size_t longest_shown = 24;  // Bytes of one value.
constexpr std::size_t values_shown = 5;

std::string of_records(std::int64_t count, std::int64_t documents) {
  if (documents == 1) return std::to_string(count) + " of 1 record";
  const std::string all = std::to_string(documents) + " records";
  return count == documents ? "all " + all : std::to_string(count) + " of " + all;
}

// ", 4 values: click, view, ...": of strings and booleans.
std::string values_phrase(const FieldFacts& facts) {
  if (facts.many_values) return ", more than " + std::to_string(FieldFacts::most_values) + " values";
  const std::size_t count = facts.values.size();
  if (count == 0) return {};
  std::string phrase = ", " + std::to_string(count) + (count == 1 ? " value" : " values");
  if (count > ProposedField::most_shown) return phrase;
  std::size_t shown = 0;
  for (const std::string& value : facts.values) {
    phrase += shown == 0 ? ": " : ", ";
    if (shown++ == values_shown) return phrase + "...";
    phrase += value.empty() ? "\"\"" : shortened(value, longest_shown);
  }
  return phrase;
}

std::string number_phrase(const FieldFacts& facts) {
  const bool may_be_a_name = facts.numbers == 0 && facts.fraction_digits == 0;
  if (may_be_a_name) return ", digits" + values_phrase(facts);
  std::string phrase;
  if (facts.digits > 0) phrase += facts.numbers > 0 ? ", some written as text" : ", written as text";
  if (facts.large > 0) phrase += ", too large for 64 bits in some";
  if (facts.exponents) phrase += ", with exponents";
  if (facts.fraction_digits > 0) {
    phrase += ", up to " + std::to_string(facts.fraction_digits) +
              (facts.fraction_digits == 1 ? " digit" : " digits") + " behind the point";
  }
  return phrase;
}

bool is_number(const FieldFacts& facts) { return facts.numbers + facts.digits == facts.present(); }

}  // namespace

std::string shortened(std::string_view text, std::size_t most) {
  const std::string_view shown = expression::prefix(text, most);
  return printable(shown) + (shown.size() < text.size() ? "..." : "");
}

std::string seen_phrase(const FieldFacts& facts, std::int64_t documents) {
  std::string phrase = "in " + of_records(facts.seen(), documents);
  if (facts.nulls > 0) phrase += ", null in " + std::to_string(facts.nulls);
  if (facts.present() > 0 && facts.times == facts.present()) return phrase + ", RFC 3339 text";
  return phrase + (is_number(facts) ? number_phrase(facts) : values_phrase(facts));
}

std::string trouble_phrase(const FieldFacts& facts, std::int64_t documents) {
  if (facts.present() == 0) return "null in " + of_records(facts.nulls, documents);
  if (facts.arrays > 0) return "an array in " + of_records(facts.arrays, documents);
  if (facts.objects == facts.present()) return {};
  if (facts.with_nul > 0) return "a text with a NUL character in " + of_records(facts.with_nul, documents);
  if (is_number(facts)) return {};
  std::string kinds;
  int count = 0;
  const auto add = [&](std::int64_t of_kind, const char* kind) {
    if (of_kind == 0) return;
    kinds += (count++ == 0 ? "" : ", ") + std::string(kind) + " in " + std::to_string(of_kind);
  };
  add(facts.strings, "text");
  add(facts.numbers, "a number");
  add(facts.booleans, "true or false");
  add(facts.objects, "an object");
  return count > 1 ? kinds + " of " + std::to_string(documents) + " records" : std::string();
}

}  // namespace tallymill
