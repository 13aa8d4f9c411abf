#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/process_identity.h"
#include "daemon/reload_desk.h"

namespace tallymill {

// What `tallymill reload` asks the daemon for: who it is, and what became of the last reload. Lines of a
// word and its value, an empty line, the report's message.
[[nodiscard]] std::string reload_page(const ProcessIdentity& process, const ReloadReport& report);

struct ReloadPage {
  ProcessIdentity process;
  std::int64_t requested = 0;
  std::int64_t answered = 0;
  std::string result;
  std::string message;
};
// Nothing if it is none.
[[nodiscard]] std::optional<ReloadPage> read_reload_page(std::string_view text);

}  // namespace tallymill
