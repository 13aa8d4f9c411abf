#pragma once

#include <optional>
#include <string>
#include <utility>

namespace tallymill {

// What a text stands for, or what is wrong with it: a predicate such as "is no whole number", put
// behind the text or its name.
template <class T>
struct Parsed {
  std::optional<T> value;
  std::string problem;

  static Parsed of(T value) { return {std::move(value), {}}; }
  static Parsed wrong(std::string problem) { return {std::nullopt, std::move(problem)}; }
};

}  // namespace tallymill
