#include "config/growth.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "base/seeded_bug.h"

namespace tallymill {
namespace {

using Lines = std::vector<std::string>;

// A canonical text, taken apart: text in it is quoted, so that each statement is one line.
struct Statements {
  Lines head;
  std::map<std::string, Lines> aggregations;
};

Statements take_apart(std::string_view text) {
  constexpr std::string_view aggregation = "aggregation ";
  Statements all;
  Lines* lines = &all.head;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with(aggregation)) lines = &all.aggregations[line.substr(line.rfind(' ') + 1)];
    lines->push_back(line);
  }
  return all;
}

bool holds(const Lines& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

// What is in `lines` only.
Lines beyond(const Lines& lines, const Lines& others) {
  Lines more;
  std::copy_if(lines.begin(), lines.end(), std::back_inserter(more),
               [&](const std::string& line) { return !holds(others, line); });
  return more;
}

bool is_column(const std::string& line) {
  return line.starts_with("column ") || line.starts_with("formula ");
}

std::string name_in(const std::string& line) {
  const std::size_t begin = line.find(' ') + 1;
  return line.substr(begin, line.find(' ', begin) - begin);
}

// A lookup that leaves records out of the count, or ends it, would change what the others count.
bool may_be_added(const std::string& line) {
  if (line.starts_with("lookup ")) return line.ends_with(" keep") || line.ends_with(" dead_letter");
  return line.starts_with("field ") || line.starts_with("derive ");
}

// What is said of records with an error, unless they become dead letters.
bool is_on_error(const std::string& line) { return line.starts_with("on_error "); }

// Whether a new column can be worked out of any record that is counted: to count, to compare and to take the
// least or the greatest always can be; a conversion, a sum or a formula may fail.
bool cannot_fail(const std::string& line) {
  if (!line.starts_with("column ")) return false;
  const std::size_t begin = line.find(' ', line.find(' ') + 1) + 1;
  const Lines sure{"count", "min", "max"};
  return holds(sure, line.substr(begin, line.find(' ', begin) - begin)) &&
         line.find_first_of("(+-*/%", std::min(line.find('"'), line.size())) == std::string::npos;
}

// The new columns; nothing if the rest is not as it was.
std::optional<Lines> new_columns(const Lines& counted, const Lines& configured) {
  Lines rest_before, rest_now;
  const auto is_rest = [](const std::string& line) { return !is_column(line); };
  std::copy_if(counted.begin(), counted.end(), std::back_inserter(rest_before), is_rest);
  std::copy_if(configured.begin(), configured.end(), std::back_inserter(rest_now), is_rest);
  if (rest_before != rest_now || !beyond(counted, configured).empty()) return std::nullopt;
  Lines names;
  for (const std::string& line : beyond(configured, counted)) {
    // An average is an aggregate and a formula of one name.
    if (!holds(names, name_in(line))) names.push_back(name_in(line));
  }
  return names;
}

// Whether an expression in a statement names this, or text in it looks as if it did.
bool names(const std::string& line, const std::string& name) {
  const auto in_name = [&line](std::size_t at) {
    return at < line.size() && (std::isalnum(static_cast<unsigned char>(line[at])) != 0 || line[at] == '_');
  };
  for (std::size_t at = line.find(name); at != std::string::npos; at = line.find(name, at + 1)) {
    if (!in_name(at - 1) && !in_name(at + name.size())) return true;
  }
  return false;
}

bool names_any(const std::string& line, const Lines& of) {
  return std::any_of(of.begin(), of.end(), [&](const std::string& name) { return names(line, name); });
}

// What leaves records out of the count, or ends it: such lookups, and what is derived from them.
Lines dropping_in(const Lines& head) {
  Lines dropping;
  for (const std::string& line : head) {
    if (line.starts_with("lookup ") && !may_be_added(line)) dropping.push_back("lookup(" + name_in(line));
  }
  const auto is_derived = [&dropping](const std::string& line) {
    return line.starts_with("derive ") && !holds(dropping, name_in(line)) && names_any(line, dropping);
  };
  for (auto found = std::find_if(head.begin(), head.end(), is_derived); found != head.end();
       found = std::find_if(head.begin(), head.end(), is_derived)) {
    dropping.push_back(name_in(*found));
  }
  return dropping;
}

// Of these, without those that are an aggregation's keys: it asks for them whatever record it takes.
Lines not_asked_by(const Lines& aggregation, Lines dropping) {
  std::erase_if(dropping, [&](const std::string& name) {
    return std::any_of(aggregation.begin(), aggregation.end(), [&](const std::string& line) {
      return line.starts_with("key ") && line.ends_with(" \"" + name + "\"");
    });
  });
  return dropping;
}

// Whether an aggregation takes every record that another one does.
bool takes_all_of(const Lines& aggregation, const Lines& other) {
  return std::none_of(aggregation.begin(), aggregation.end(), [&](const std::string& line) {
    return line.starts_with("late ") || (line.starts_with("where ") && !holds(other, line));
  });
}

// Whether what is new asks for what drops records where nothing has asked for it.
bool drops_more(const Statements& before, const Statements& now) {
  if (seeded(Bug::new_part_drops_for_all)) return false;
  const Lines dropping = dropping_in(now.head);
  for (const auto& [name, statements] : now.aggregations) {
    Lines fresh = dropping;
    for (const auto& [other, counted] : before.aggregations) {
      if (other == name || takes_all_of(counted, statements)) fresh = not_asked_by(counted, std::move(fresh));
    }
    const auto former = before.aggregations.find(name);
    const Lines more = former == before.aggregations.end() ? statements : beyond(statements, former->second);
    if (std::any_of(more.begin(), more.end(),
                    [&](const std::string& line) { return names_any(line, fresh); })) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<std::string> Growth::columns_of(std::string_view aggregation) const {
  for (const Aggregation& one : grown) {
    if (one.name == aggregation) return one.columns;
  }
  return {};
}

std::optional<Growth> growth_of(std::string_view counted, std::string_view configured) {
  const Statements before = take_apart(counted);
  const Statements now = take_apart(configured);
  Growth growth;
  growth.reads = beyond(now.head, before.head);
  if (before.head.empty() || !beyond(before.head, now.head).empty() ||
      !std::all_of(growth.reads.begin(), growth.reads.end(), may_be_added)) {
    return std::nullopt;
  }
  // Under `on_error` as under `on_miss`: a record that is no use to a new part must not go without a trace.
  const bool without_trace = std::any_of(now.head.begin(), now.head.end(), is_on_error);
  if (without_trace && !growth.reads.empty()) return std::nullopt;
  if (drops_more(before, now)) return std::nullopt;
  for (const auto& [name, statements] : before.aggregations) {
    const auto found = now.aggregations.find(name);
    if (found == now.aggregations.end()) return std::nullopt;
    auto columns = new_columns(statements, found->second);
    const Lines more = beyond(found->second, statements);
    if (!columns || (without_trace && !std::all_of(more.begin(), more.end(), cannot_fail))) return std::nullopt;
    if (!columns->empty()) growth.grown.push_back({name, *std::move(columns)});
  }
  for (const auto& [name, statements] : now.aggregations) {
    if (!before.aggregations.contains(name)) growth.aggregations.push_back(name);
  }
  return growth;
}

}  // namespace tallymill
