#pragma once

// The table of all keys of the configuration. The parser takes defaults, ranges and words from it,
// hints to misspelt keys compare with it, and the reference pages are printed from it. To add a
// key: a row in one of the keys_*.cc, and the line in the reader that asks for it.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tallymill {

enum class KeyKind : std::uint8_t {
  section,     // A mapping with the keys below it.
  named,       // A mapping whose keys are names that the user gives.
  text,
  word,        // One of `words`.
  boolean,
  integer,
  real,
  size,
  duration,
  start,       // Where to start reading: a word, a time, or a duration back from now.
  secret,      // Text, {file: path} or {command: [program, argument, ...]}.
  identifier,  // A name in Postgres.
  table,       // name or schema.name
  texts,       // A list of text.
  identifiers, // A list of names in Postgres.
  options,     // A mapping of names to text.
  expression,
  field_path,  // A field of the record: a, a.b, a["b c"].
  type_name,   // A type of a field.
  field_type,  // A type, or a mapping with the keys below it.
  group_by,    // A list of expressions, or a mapping of names to expressions.
  column,      // An expression, or a mapping with the keys below it.
};

struct Key {
  std::string_view path;  // "pipelines.*.interval"; * stands for a name that the user gives.
  KeyKind kind = KeyKind::text;
  std::string_view example = {};  // A value, as it is written in YAML behind the key, on its line.
  std::string_view documentation = {};  // One sentence.
  // As it is written in YAML. Empty: there is none.
  std::string_view default_text = {};
  // What holds without the key, where no value says it.
  std::string_view default_meaning = {};
  bool required = false;
  // Integers as they are, durations in milliseconds, sizes in bytes. Not for other kinds.
  std::int64_t lowest = 0;
  std::int64_t highest = 0;
  std::string_view words = {};        // "stop | record_gap"
  std::string_view later_words = {};  // Known, but only in a later version.
  bool later = false;                 // The key as a whole comes in a later version.
  bool not_inherited = false;         // A pipeline's key that cannot stand under `defaults`.
};

// Every row, sections before what is in them.
[[nodiscard]] std::span<const Key> keys();

// Returns null if there is no such key.
[[nodiscard]] const Key* find_key(std::string_view path);
// Those directly below a section.
[[nodiscard]] std::vector<const Key*> keys_below(std::string_view path);
// "interval" of "pipelines.*.interval".
[[nodiscard]] std::string_view leaf_of(std::string_view path);

// "stop | record_gap" as single words.
[[nodiscard]] std::vector<std::string_view> split_words(std::string_view words);

// "duration", "1 to 65535", "5s": as messages and the reference pages show them.
[[nodiscard]] std::string kind_text(const Key& key);
[[nodiscard]] std::string range_text(const Key& key);

// The rows by section; keys() joins them.
[[nodiscard]] std::span<const Key> daemon_keys();
[[nodiscard]] std::span<const Key> pipeline_keys();
[[nodiscard]] std::span<const Key> aggregation_keys();

}  // namespace tallymill
