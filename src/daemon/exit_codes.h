#pragma once

namespace tallymill::exit_code {

inline constexpr int ok = 0;
inline constexpr int failure = 1;
inline constexpr int usage = 2;
inline constexpr int not_verifiable = 3;
inline constexpr int not_retried = 3;
inline constexpr int configuration = 78;  // EX_CONFIG of sysexits.h.

}  // namespace tallymill::exit_code
