#include "daemon/init/proposal.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "daemon/init/field_phrases.h"
#include "daemon/init/names.h"

namespace tallymill {
namespace {

constexpr std::size_t most_keys = 2;
constexpr std::size_t most_sums = 5;
constexpr int most_exact_digits = 6;  // Behind the point; more look like a double's.
constexpr std::int64_t exact_in_double = std::int64_t{1} << 53;

struct Typed {
  Type type = Type::string;
  std::optional<TimeUnit> unit;
};

Type number_type(const FieldFacts& facts) {
  if (facts.fraction_digits == 0 && !facts.exponents) {
    return facts.large > 0 ? Type::decimal : Type::int64;
  }
  const bool beyond_double = facts.large > 0 || (facts.whole > 0 && (facts.highest > exact_in_double ||
                                                                     facts.lowest < -exact_in_double));
  const bool exact = facts.fraction_digits <= most_exact_digits && !facts.exponents;
  return exact || beyond_double ? Type::decimal : Type::float64;
}

// REQUIRES: the values are of one kind.
Typed type_of(const FieldFacts& facts) {
  const std::int64_t present = facts.present();
  if (facts.booleans == present) return {Type::boolean, std::nullopt};
  if (facts.times == present) return {Type::timestamp, std::nullopt};
  if (facts.numbers + facts.digits == present) {
    const auto unit = facts.epoch_unit();
    if (unit && time_name(facts.path.back()) != TimeName::none) return {Type::timestamp, unit};
    // Digits in strings alone may be the name of something; with a point they are a number.
    if (facts.numbers > 0 || facts.fraction_digits > 0) return {number_type(facts), std::nullopt};
  }
  return {};
}

std::string unit_phrase(const std::optional<TimeUnit>& unit) {
  if (!unit) return {};
  switch (*unit) {
    case TimeUnit::seconds: return ", seconds since 1970";
    case TimeUnit::milliseconds: return ", milliseconds since 1970";
    case TimeUnit::microseconds: return ", microseconds since 1970";
    case TimeUnit::nanoseconds: return ", nanoseconds since 1970";
  }
  return {};
}

std::string shown_name(const std::vector<std::string>& path) {
  std::string name;
  for (const std::string& part : path) name += (name.empty() ? "" : ".") + part;
  return name.empty() ? "(a field without a name)" : shortened(name, 80);
}

// The facts of a field beside what is proposed of it.
struct Candidate {
  const FieldFacts* facts;
  std::size_t field;
};

class Proposer {
 public:
  explicit Proposer(const SurveyResult& survey) : survey_(survey) {
    proposal_.documents = survey.documents;
    proposal_.more_fields = survey.more_fields;
  }

  Proposal run() {
    for (const FieldFacts& facts : survey_.fields) look_at(facts);
    choose_event_time();
    choose_keys();
    choose_sums();
    return std::move(proposal_);
  }

 private:
  void leave_out(const FieldFacts& facts, std::string why) {
    proposal_.left_out.push_back({shown_name(facts.path), std::move(why)});
  }

  void look_at(const FieldFacts& facts) {
    if (std::string trouble = trouble_phrase(facts, survey_.documents); !trouble.empty()) {
      return leave_out(facts, std::move(trouble));
    }
    if (facts.objects > 0) {
      // Its fields speak for it, where they were looked at.
      if (facts.path.size() == Survey::levels) leave_out(facts, "an object, nested too deep to be looked into");
      return;
    }
    ProposedField field;
    field.text = field_text(facts.path);
    if (field.text.empty()) return leave_out(facts, "a name that no expression can hold");
    const Typed typed = type_of(facts);
    field.type = typed.type;
    field.unit = typed.unit;
    field.optional = facts.present() < survey_.documents;
    field.why = seen_phrase(facts, survey_.documents) + unit_phrase(typed.unit);
    candidates_.push_back({&facts, proposal_.fields.size()});
    proposal_.fields.push_back(std::move(field));
  }

  [[nodiscard]] const ProposedField& field_of(const Candidate& candidate) const {
    return proposal_.fields[candidate.field];
  }

  void choose_event_time() {
    const Candidate* best = nullptr;
    const auto rank = [](const Candidate& candidate) {
      return std::pair(time_name(candidate.facts->path.back()), candidate.facts->path.size());
    };
    for (const Candidate& candidate : candidates_) {
      const ProposedField& field = field_of(candidate);
      if (field.type != Type::timestamp || field.optional) continue;
      if (best == nullptr || rank(candidate) < rank(*best)) best = &candidate;
    }
    if (best != nullptr) proposal_.event_time = best->field;
  }

  // Few values, each seen more than once in the mean; words rather than sentences.
  void choose_keys() {
    std::vector<Candidate> keys;
    for (const Candidate& candidate : candidates_) {
      const FieldFacts& facts = *candidate.facts;
      const Type type = field_of(candidate).type;
      const auto different = static_cast<std::int64_t>(facts.values.size());
      if (type != Type::string && type != Type::boolean) continue;
      if (facts.many_values || different < 2 || different * 2 > facts.present()) continue;
      keys.push_back(candidate);
    }
    const auto rank = [this](const Candidate& candidate) {
      const std::set<std::string>& values = candidate.facts->values;
      const bool sentences = std::any_of(values.begin(), values.end(), [](const std::string& value) {
        return value.find(' ') != std::string::npos;
      });
      return std::tuple(sentences, field_of(candidate).type == Type::boolean, field_of(candidate).optional,
                        values.size());
    };
    std::stable_sort(keys.begin(), keys.end(),
                     [&](const Candidate& a, const Candidate& b) { return rank(a) < rank(b); });
    if (keys.size() > most_keys) keys.resize(most_keys);
    for (const Candidate& key : keys) use(key, "", proposal_.group_by);
  }

  void choose_sums() {
    for (const Candidate& candidate : candidates_) {
      if (proposal_.sums.size() == most_sums) return;
      const FieldFacts& facts = *candidate.facts;
      const Type type = field_of(candidate).type;
      const bool is_number = type == Type::int64 || type == Type::decimal || type == Type::float64;
      if (!is_number || facts.epoch_unit() || names_no_amount(facts.path.back())) continue;
      use(candidate, "total_", proposal_.sums);
    }
  }

  void use(const Candidate& candidate, const std::string& prefix, std::vector<ProposedColumn>& columns) {
    std::string words;
    for (const std::string& part : candidate.facts->path) words += part + " ";
    columns.push_back({names_.take(prefix + made_name(words, "field")), candidate.field});
    proposal_.fields[candidate.field].used = true;
  }

  const SurveyResult& survey_;
  Proposal proposal_;
  std::vector<Candidate> candidates_;
  ColumnNames names_;
};

}  // namespace

Proposal propose(const SurveyResult& survey) { return Proposer(survey).run(); }

}  // namespace tallymill
