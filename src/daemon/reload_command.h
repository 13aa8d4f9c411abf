#pragma once

#include "daemon/command_line.h"

namespace tallymill {

// Has a running daemon of this machine, or of this container, read its configuration again, and waits for
// what becomes of it: `tallymill reload`. Returns 0 if it was applied, else 1, with the reason on stderr.
//
// The daemon is asked by a signal, so that the system decides who may; its HTTP server, which anybody may
// ask, tells only which process it is and what the last reload came to. That process is compared with the
// one of its number before it is sent a signal, for to most programs SIGHUP is the end.
[[nodiscard]] int reload_command(const CommandLine& line);

}  // namespace tallymill
