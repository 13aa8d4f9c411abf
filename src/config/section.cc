#include "config/section.h"

#include <algorithm>

#include "base/check.h"
#include "config/identifier.h"
#include "config/scalars.h"
#include "config/yaml_trap.h"
#include "expression/nearest.h"

namespace tallymill {
namespace {

// "kafka" and "brokers" make "kafka.brokers".
std::string join(std::string_view path, std::string_view name) {
  return path.empty() ? std::string(name) : std::string(path) + "." + std::string(name);
}

}  // namespace

Section::Section(Loading& loading, YamlNodePtr node, std::string table_path,
                 const YamlNode& parent)
    : loading_(&loading),
      node_(std::move(node)),
      table_path_(std::move(table_path)),
      parent_(&parent) {
  if (node_ == nullptr) return;
  if (node_->kind == YamlNode::Kind::map) check_keys();
  if (node_->kind == YamlNode::Kind::map || node_->kind == YamlNode::Kind::broken) return;
  const char* found = node_->kind == YamlNode::Kind::list     ? "a list"
                      : node_->kind == YamlNode::Kind::scalar ? "a single value"
                                                              : "nothing";
  std::string names;
  for (const Key* below : keys_below(table_path_)) {
    if (below->later) continue;
    if (!names.empty()) names += ", ";
    names += leaf_of(below->path);
  }
  report(*node_, std::string("a mapping is expected here, not ") + found + "; its keys are " + names,
         loading);
}

const Key& Section::key(std::string_view name) const {
  const Key* found = find_key(join(table_path_, name));
  CHECK(found != nullptr, "the table of keys has every key that is read");
  return *found;
}

void Section::check_keys() const {
  const bool is_root = table_path_.empty();
  for (const YamlEntry& entry : node_->entries) {
    if (is_root && entry.key.substr(0, 2) == "x-") continue;
    const Key* known = entry.key.find('.') == std::string::npos && entry.key != "*"
                           ? find_key(join(table_path_, entry.key))
                           : nullptr;
    if (known == nullptr) {
      report_unknown(entry);
    } else if (known->later) {
      loading_->problems.error(entry.key_spot, entry.value->path + " comes in a later version");
    }
  }
}

void Section::report_unknown(const YamlEntry& entry) const {
  const std::string& path = entry.value->path;  // Not the section's, which may have inherited it.
  const std::size_t parent = path.size() - std::min(path.size(), entry.key.size() + 1);
  std::string message = path.substr(0, parent) + (parent == 0 ? "" : ": ") + "unknown key " +
                        shown_key(entry.key);
  std::vector<std::string_view> names;
  for (const Key* below : keys_below(table_path_)) names.push_back(leaf_of(below->path));
  const Key* elsewhere = nullptr;
  for (const Key& each : keys()) {
    if (leaf_of(each.path) == entry.key && !each.later && entry.key != "*") elsewhere = &each;
  }
  if (const auto meant = expression::nearest(entry.key, names)) {
    message += "; did you mean " + std::string(*meant) + "?";
  } else if (elsewhere != nullptr) {
    const std::string_view section =
        elsewhere->path.substr(0, elsewhere->path.size() - std::min(elsewhere->path.size(), entry.key.size() + 1));
    message += section.empty() ? "; it belongs at the top of the file"
                               : "; it belongs under " + std::string(leaf_of(section));
  } else {
    message += "; the keys here are ";
    for (std::size_t i = 0; i < names.size(); ++i) message += (i > 0 ? ", " : "") + std::string(names[i]);
  }
  loading_->problems.error(entry.key_spot, message);
}

YamlNodePtr Section::find(std::string_view name) const {
  const Key& row = key(name);
  const YamlEntry* entry = given() ? node_->find(name) : nullptr;
  if (entry != nullptr) return entry->value;
  if (row.required && (given() || node_ == nullptr)) {
    loading_->problems.error(node().spot, join(node().path, name) + " is missing: " +
                                              std::string(row.documentation));
  }
  return nullptr;
}

Section Section::section(std::string_view name) const {
  return {*loading_, find(name), join(table_path_, name), node()};
}

std::vector<YamlEntry> Section::named(std::string_view name) const {
  const YamlNodePtr found = find(name);
  if (found == nullptr || found->kind == YamlNode::Kind::broken) return {};
  if (found->kind != YamlNode::Kind::map) {
    const bool is_one = found->kind == YamlNode::Kind::scalar && lacks_space_behind_colon(found->text);
    report(*found, std::string("a mapping of names is expected here") +
                       (is_one ? "; is a space missing behind the colon?" : ""), *loading_);
    return {};
  }
  if (found->entries.empty() && !found->incomplete) {
    const std::string advice = key(name).required ? "write name: value in it"
                                                  : "leave the key out, or write name: value in it";
    report(*found, "the mapping is empty; " + advice, *loading_);
  }
  return found->entries;
}

std::vector<YamlEntry> Section::named_identifiers(std::string_view name) const {
  std::vector<YamlEntry> entries;
  for (YamlEntry& entry : named(name)) {
    const std::string problem = identifier_problem(entry.key);
    if (problem.empty()) {
      entries.push_back(std::move(entry));
    } else {
      loading_->problems.error(entry.key_spot, shown_text(entry.value->path) + ": the name " +
                                                   shown_text(entry.key) + " " + problem);
    }
  }
  return entries;
}

std::optional<Scalar> Section::scalar(std::string_view name) const {
  const Key& row = key(name);
  if (const YamlNodePtr found = find(name)) {
    std::optional<Scalar> scalar = read_scalar(*found, kind_text(row), *loading_);
    if (scalar) return scalar;
  }
  if (row.default_text.empty()) return std::nullopt;
  return Scalar{std::string(row.default_text), std::string(row.default_text), true, true};
}

std::optional<std::string> Section::text(std::string_view name) const {
  const std::optional<Scalar> found = scalar(name);
  if (!found) return std::nullopt;
  if (found->text.empty()) {
    report(*find(name), "the text is empty", *loading_);
    return std::nullopt;
  }
  return found->text;
}

std::optional<std::string> Section::identifier(std::string_view name) const {
  const std::optional<Scalar> found = scalar(name);
  if (!found) return std::nullopt;
  const std::string problem = identifier_problem(found->text);
  if (problem.empty()) return found->text;
  report_value(*find(name), *found, problem, *loading_);
  return std::nullopt;
}

template <class T, class Parse>
std::optional<T> Section::parsed(std::string_view name, Parse parse, bool is_number) const {
  const Key& row = key(name);
  const std::optional<Scalar> found = scalar(name);
  if (!found) return std::nullopt;
  const Parsed<T> result = parse(found->text);
  if (result.value && found->plain) return result.value;
  const YamlNodePtr node = find(name);
  if (result.value && is_number) {
    report_value(*node, *found, "stands in quotes, which make it text; write it without them",
                 *loading_);
  } else if (result.value) {
    return result.value;
  } else {
    report_value(*node, *found, result.problem, *loading_);
  }
  if (row.default_text.empty()) return std::nullopt;
  return parse(row.default_text).value;
}

std::optional<bool> Section::boolean(std::string_view name) const {
  return parsed<bool>(name, parse_boolean, true);
}

std::optional<std::int64_t> Section::integer(std::string_view name) const {
  const Key& row = key(name);
  return parsed<std::int64_t>(
      name,
      [&row](std::string_view text) {
        Parsed<std::int64_t> result = parse_integer(text);
        if (result.value && (*result.value < row.lowest || *result.value > row.highest))
          return Parsed<std::int64_t>::wrong("is out of range; it must be " + range_text(row));
        if (result.problem == "does not fit into 64 bits") result.problem += "; it must be " + range_text(row);
        return result;
      },
      true);
}

std::optional<double> Section::real(std::string_view name) const {
  const Key& row = key(name);
  return parsed<double>(
      name,
      [&row](std::string_view text) {
        Parsed<double> result = parse_real(text);
        if (result.value && (*result.value < static_cast<double>(row.lowest) ||
                             *result.value > static_cast<double>(row.highest)))
          return Parsed<double>::wrong("is out of range; it must be " + range_text(row));
        return result;
      },
      true);
}

std::optional<std::int64_t> Section::size(std::string_view name) const {
  const Key& row = key(name);
  return parsed<std::int64_t>(
      name,
      [&row](std::string_view text) {
        Parsed<std::int64_t> result = parse_size(text);
        if (result.value && (*result.value < row.lowest || *result.value > row.highest))
          return Parsed<std::int64_t>::wrong("is out of range; it must be " + range_text(row));
        return result;
      },
      false);
}

std::optional<std::chrono::milliseconds> Section::duration(std::string_view name) const {
  using Milliseconds = std::chrono::milliseconds;
  const Key& row = key(name);
  return parsed<Milliseconds>(
      name,
      [&row](std::string_view text) {
        Parsed<Milliseconds> result = parse_duration(text);
        if (result.value && (result.value->count() < row.lowest || result.value->count() > row.highest))
          return Parsed<Milliseconds>::wrong("is out of range; it must be " + range_text(row));
        return result;
      },
      false);
}

std::optional<std::size_t> Section::word_index(std::string_view name) const {
  const Key& row = key(name);
  const std::vector<std::string_view> words = split_words(row.words);
  const auto index_of = [&words](std::string_view text) -> std::optional<std::size_t> {
    const auto at = std::find(words.begin(), words.end(), text);
    if (at == words.end()) return std::nullopt;
    return static_cast<std::size_t>(at - words.begin());
  };
  const std::optional<Scalar> found = scalar(name);
  if (!found) return std::nullopt;
  if (const auto index = index_of(found->text)) return index;

  const std::vector<std::string_view> later = split_words(row.later_words);
  if (std::find(later.begin(), later.end(), found->text) != later.end()) {
    report_value(*find(name), *found, "comes in a later version; today there is " +
                                          std::string(row.words), *loading_);
    return index_of(row.default_text);
  }
  std::string problem = "is none of " + std::string(row.words);
  if (words.size() == 1) problem = "is not known; write " + std::string(row.words);
  if (const auto meant = expression::nearest(found->text, words); meant && words.size() > 1) {
    problem += "; did you mean " + std::string(*meant) + "?";
  }
  report_value(*find(name), *found, problem, *loading_);
  return index_of(row.default_text);
}

std::optional<SecretSource> Section::secret(std::string_view name) const {
  const YamlNodePtr found = find(name);
  return found ? read_secret(*found, *loading_) : std::nullopt;
}

std::vector<std::pair<std::string, YamlNodePtr>> Section::texts(std::string_view name) const {
  std::vector<std::pair<std::string, YamlNodePtr>> elements;
  const YamlNodePtr found = find(name);
  if (found == nullptr || found->kind == YamlNode::Kind::broken) return elements;
  if (found->kind != YamlNode::Kind::list) {
    report(*found, "a list is expected here" + list_hint(*found), *loading_);
    return elements;
  }
  if (found->items.empty()) report(*found, "the list is empty", *loading_);
  for (const YamlNodePtr& item : found->items) {
    const std::optional<Scalar> scalar = read_scalar(*item, "text", *loading_);
    if (!scalar) continue;
    const bool repeated = std::any_of(elements.begin(), elements.end(),
                                      [&](const auto& other) { return other.first == scalar->text; });
    if (scalar->text.empty()) {
      report(*item, "the text is empty", *loading_);
    } else if (repeated) {
      report_value(*item, *scalar, "stands in the list twice", *loading_);
    } else {
      elements.emplace_back(scalar->text, item);
    }
  }
  return elements;
}

}  // namespace tallymill
