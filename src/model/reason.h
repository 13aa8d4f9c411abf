#pragma once

// The reason codes of dead letters: stable words that operators filter by, kept in one place.

#include <array>
#include <string_view>

#include "model/word.h"

namespace tallymill {

// Cures that change what is counted come into force by `tallymill reset` only.
inline constexpr std::array reasons{
    Word{"bad_json",
         "The record is no JSON document: empty, cut off, compressed, or with something behind its end.",
         "Mend the producer."},
    Word{"not_an_object", "The document is an array or a single value.",
         "Send one JSON object per record."},
    Word{"duplicate_key", "A key stands twice, in the record or in an object on the way to a field.",
         "Mend the producer: nobody can say which of the two it meant."},
    Word{"too_deep", "Objects and arrays are nested more than 64 deep.", "Mend the producer."},
    Word{"bad_utf8",
         "A text is no valid UTF-8, or holds half of a surrogate pair: anywhere in the document, or in "
         "the record's key or a header that an expression reads.",
         "Mend the producer."},
    Word{"nul_character", "A text that is read holds the character NUL, which Postgres cannot store.",
         "Mend the producer."},
    Word{"missing_field", "A field that has to be there is missing.",
         "Mend the producer; or put a `?` behind the field's type, or give it a default, and "
         "`tallymill reset`."},
    Word{"null_field", "A field that has to have a value is null.",
         "Mend the producer; or put a `?` behind the field's type, and `tallymill reset`."},
    Word{"wrong_type", "A field's value is not of the field's type.",
         "Mend the producer; or declare another type, and `tallymill reset`."},
    Word{"out_of_range",
         "A number is malformed or beyond what its type holds; or a time or the start of its window is "
         "outside of the years 1 to 9999.",
         "Mend the producer; for longer numbers declare a `decimal`, and `tallymill reset`."},
    Word{"bad_timestamp",
         "A time is not written as in RFC 3339, or came as a number and no `unit` is declared.",
         "Mend the producer; or declare the `unit`, and `tallymill reset`."},
    Word{"too_large",
         "The record has more bytes than `memory_limit` allows, or a text that it makes is too long: more "
         "than 1 MiB under an aggregate, more than 8 MiB in all.",
         "Raise `memory_limit`, `tallymill reload`, then `tallymill dead-letters retry`; or mend the producer."},
    Word{"null_operand", "An expression met null, or a missing field, where it needs a value.",
         "Mend the producer; or have the expression ask first, by `has()` or `coalesce()`, and "
         "`tallymill reset`."},
    Word{"overflow", "A calculation or a conversion left the range of its type.",
         "Mend the producer; or calculate with `decimal()`, and `tallymill reset`."},
    Word{"division_by_zero", "An expression divided by zero.",
         "Mend the producer; or have the expression ask first, and `tallymill reset`."},
    Word{"bad_conversion", "A conversion such as `int()` was given a text that spells no such value.",
         "Mend the producer."},
    Word{"lookup_miss", "A lookup has no row of the record's key, and its `on_miss` is `dead_letter`.",
         "Add the row to the lookup, then `tallymill dead-letters retry`."},
    Word{"null_key", "A key of `group_by` came to null where it cannot.", "Mend the producer."},
    Word{"key_too_long", "The values of `group_by` take more than 2,500 bytes.",
         "Mend the producer; or group by something shorter, and `tallymill reset`."},
    Word{"late", "The event is older than `late_after` allows, and `late` is `dead_letter`.",
         "Nothing, if some are expected. Otherwise find what holds records up, or raise `late_after` "
         "and `tallymill reset`."},
    Word{"in_future",
         "The event's time is further ahead of the record's Kafka timestamp than `max_future` allows.",
         "Set the producer's clock right."},
    Word{"database", "Postgres refused the record's values: a constraint, or the range of a column.",
         "Lift what refused them, then `tallymill dead-letters retry`."},
};

}  // namespace tallymill

namespace tallymill::reason {

inline constexpr std::string_view bad_json = word_of(reasons, "bad_json");
inline constexpr std::string_view not_an_object = word_of(reasons, "not_an_object");
inline constexpr std::string_view duplicate_key = word_of(reasons, "duplicate_key");
inline constexpr std::string_view too_deep = word_of(reasons, "too_deep");
inline constexpr std::string_view bad_utf8 = word_of(reasons, "bad_utf8");
inline constexpr std::string_view nul_character = word_of(reasons, "nul_character");
inline constexpr std::string_view missing_field = word_of(reasons, "missing_field");
inline constexpr std::string_view null_field = word_of(reasons, "null_field");
inline constexpr std::string_view wrong_type = word_of(reasons, "wrong_type");
inline constexpr std::string_view out_of_range = word_of(reasons, "out_of_range");
inline constexpr std::string_view bad_timestamp = word_of(reasons, "bad_timestamp");
inline constexpr std::string_view too_large = word_of(reasons, "too_large");
inline constexpr std::string_view null_operand = word_of(reasons, "null_operand");
inline constexpr std::string_view overflow = word_of(reasons, "overflow");
inline constexpr std::string_view division_by_zero = word_of(reasons, "division_by_zero");
inline constexpr std::string_view bad_conversion = word_of(reasons, "bad_conversion");
inline constexpr std::string_view lookup_miss = word_of(reasons, "lookup_miss");
inline constexpr std::string_view null_key = word_of(reasons, "null_key");
inline constexpr std::string_view key_too_long = word_of(reasons, "key_too_long");
inline constexpr std::string_view late = word_of(reasons, "late");
inline constexpr std::string_view in_future = word_of(reasons, "in_future");
inline constexpr std::string_view database = word_of(reasons, "database");

}  // namespace tallymill::reason
