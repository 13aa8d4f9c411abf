#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

#include "base/log.h"
#include "daemon/command_line.h"
#include "daemon/commands.h"
#include "daemon/exit_codes.h"

int main(int count, char** words) {
  // A core file would hold passwords and records.
  const rlimit no_core{0, 0};
  (void)setrlimit(RLIMIT_CORE, &no_core);
  // The one place that catches what nobody expected: out of memory, or a vendor's exception that
  // escaped its file. A restart resumes from the checkpoint.
  try {
    const tallymill::ParsedCommandLine parsed = tallymill::parse_command_line(count, words);
    if (!parsed.command) {
      std::fputs(parsed.text.c_str(), parsed.exit_code == 0 ? stdout : stderr);
      return parsed.exit_code;
    }
    const int code = tallymill::run_command(*parsed.command);
    tallymill::flush_log();
    std::fflush(stdout);
    // Not exit(): it waits for stderr, whose reader may have stopped reading.
    _exit(code);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tallymill: ending: %s; a restart resumes from the checkpoint\n",
                 error.what());
    return tallymill::exit_code::failure;
  }
}
