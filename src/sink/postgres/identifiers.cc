#include "sink/postgres/identifiers.h"

namespace tallymill::postgres {
namespace {

std::string doubled(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote) result += quote;
    result += c;
  }
  return result + quote;
}

}  // namespace

std::string quoted(std::string_view identifier) { return doubled(identifier, '"'); }

std::string qualified(std::string_view schema, std::string_view name) {
  return quoted(schema) + "." + quoted(name);
}

// standard_conforming_strings has been on since Postgres 9.1: backslashes stand for themselves.
std::string literal(std::string_view text) { return doubled(text, '\''); }

}  // namespace tallymill::postgres
