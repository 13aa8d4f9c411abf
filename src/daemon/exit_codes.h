#pragma once

// The exit codes, and what each means: help texts and the reference pages take it from here.

#include <array>
#include <string>
#include <string_view>

namespace tallymill::exit_code {

inline constexpr int ok = 0;
inline constexpr int failure = 1;
inline constexpr int usage = 2;
inline constexpr int not_verifiable = 3;
inline constexpr int not_retried = 3;
inline constexpr int would_change = 3;
inline constexpr int would_be_refused = 4;
inline constexpr int configuration = 78;  // EX_CONFIG of sysexits.h.

struct Row {
  std::string_view command;  // Empty: every command, unless it has a row of its own.
  int code;
  std::string_view meaning;
};

inline constexpr std::array rows{
    Row{"", ok, "done"},
    Row{"", failure, "a failure named in the log"},
    Row{"", usage, "wrong command line"},
    Row{"", configuration, "wrong configuration"},
    Row{"verify", ok, "all are equal"},
    Row{"verify", failure, "something differs"},
    Row{"verify", not_verifiable, "some could not be verified (each with the reason) and none differs"},
    Row{"plan", ok, "nothing to do"},
    Row{"plan", would_change, "the start would change something"},
    Row{"plan", would_be_refused, "something would be refused"},
    Row{"reload", ok, "it is in force"},
    Row{"reload", failure, "it was rejected, and the reason; the former one goes on"},
    Row{"dead-letters retry", ok, "all were counted"},
    Row{"dead-letters retry", not_retried, "some were not"},
    Row{"preview", ok, "shown"},
    Row{"preview", failure, "a record would stop the pipeline, or the records cannot be read"},
    Row{"test", ok, "all cases pass"},
    Row{"test", failure, "some do not"},
    Row{"test", configuration, "a file of cases or its configuration is wrong"},
};

// "Exit codes: 0 done, 1 a failure named in the log, ..."
[[nodiscard]] std::string line(std::string_view command);

}  // namespace tallymill::exit_code
