#pragma once

// One mapping of the configuration, read by the table of keys: unknown keys are problems with a
// hint, and values come out typed, in range, with the table's default.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/keys.h"
#include "config/loading.h"
#include "config/spec.h"
#include "config/value_reader.h"
#include "config/yaml_node.h"

namespace tallymill {

// All readers below return the key's value, else the table's default, else nothing. A value that
// is wrong is reported, and counts as not given.
class Section {
 public:
  // `node` is null if the section is not there; problems then point at `parent`. `table_path` is
  // the section's row in the table. Unknown keys are reported here.
  Section(Loading& loading, YamlNodePtr node, std::string table_path, const YamlNode& parent);

  // Whether the section is there, and is a mapping.
  [[nodiscard]] bool given() const {
    return node_ != nullptr && node_->kind == YamlNode::Kind::map;
  }
  [[nodiscard]] const YamlNode& node() const { return node_ ? *node_ : *parent_; }
  // Returns null if the key is not there. REQUIRES: the table has it.
  [[nodiscard]] YamlNodePtr find(std::string_view name) const;

  [[nodiscard]] Section section(std::string_view name) const;
  // The entries of a mapping by name. Names are not checked.
  [[nodiscard]] std::vector<YamlEntry> named(std::string_view name) const;
  // The same, names checked: each is a name in Postgres.
  [[nodiscard]] std::vector<YamlEntry> named_identifiers(std::string_view name) const;

  [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> identifier(std::string_view name) const;
  [[nodiscard]] std::optional<bool> boolean(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name) const;
  [[nodiscard]] std::optional<double> real(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> size(std::string_view name) const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> duration(std::string_view name) const;
  [[nodiscard]] std::optional<SecretSource> secret(std::string_view name) const;
  // Elements that are text, each with its node.
  [[nodiscard]] std::vector<std::pair<std::string, YamlNodePtr>> texts(std::string_view name) const;

  // REQUIRES: the enumerators of E stand in the order of the table's words.
  template <class E>
  [[nodiscard]] std::optional<E> word(std::string_view name) const {
    const std::optional<std::size_t> index = word_index(name);
    if (!index) return std::nullopt;
    return static_cast<E>(*index);
  }

 private:
  void check_keys() const;
  void report_unknown(const YamlEntry& entry) const;
  [[nodiscard]] const Key& key(std::string_view name) const;
  [[nodiscard]] std::optional<std::size_t> word_index(std::string_view name) const;
  // The value or the default, or nothing; reports a required key that is not there.
  [[nodiscard]] std::optional<Scalar> scalar(std::string_view name) const;
  template <class T, class Parse>
  [[nodiscard]] std::optional<T> parsed(std::string_view name, Parse parse, bool is_number) const;

  Loading* loading_;
  YamlNodePtr node_;
  std::string table_path_;
  const YamlNode* parent_;
};

}  // namespace tallymill
