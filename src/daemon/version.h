#pragma once

namespace tallymill {

// Defined in a file that cmake/Version.cmake makes, so that a new commit compiles nothing else anew.
extern const char* const version;  // "0.1.0"
extern const char* const commit;   // "9e35bab", or "unknown" where there is no repository.

}  // namespace tallymill
