#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/spec.h"
#include "sink/dead_letter_store.h"
#include "sink/ledger.h"

namespace tallymill {

// What the command line asks for.
struct CommandLine {
  enum class Command {
    run, check, plan, migrate, status, health, verify, pause, resume, reset, drop,
    list_letters, show_letters, retry_letters, drop_letters, replay,
    examine, init, preview, test, reload, completions, docs, schema
  };
  Command command = Command::run;
  std::string config;          // Empty for health, init, test, docs and schema; may be for reload.
  bool drain = false;          // run
  bool unsafe_failpoints = false;  // run: what TALLYMILL_FAILPOINTS says is armed.
  bool connect = false;        // check
  bool watch = false;          // status
  bool json = false;           // status, plan
  bool sql = false;            // migrate
  std::string role;            // migrate: the daemon's role, which gets its rights granted.
  std::string dsn_file;        // migrate; empty: as the configuration says.
  bool rewrite = false;        // migrate
  std::string address = "127.0.0.1";  // health, reload
  std::uint16_t port = 9108;          // health, reload
  std::int64_t pid = 0;               // reload; 0: as the daemon says.
  std::string pipeline;               // Of commands about one pipeline.
  LedgerSelection batches;            // verify
  LetterSelection letters;            // dead-letters, examine: topic, partition, offset
  std::int64_t limit = 0;             // dead-letters, examine, preview
  bool all_letters = false;           // dead-letters
  bool dry_run = false;               // pause, resume, reset, drop, dead-letters, replay
  std::string aggregation;            // replay
  std::optional<Timestamp> from;      // replay
  bool abandon = false;               // replay
  bool accept_gap = false;            // resume
  bool accept_topic = false;          // resume, replay
  std::optional<StartAt> start;       // reset
  bool truncate = false;              // reset
  bool tables = false;                // drop
  std::int64_t last = 1000;           // init, preview
  std::string input;                  // init, preview; empty: the topics.
  std::string brokers;                // init, this and the next; each may be empty.
  std::string topic;
  std::string name;
  std::string like;
  std::string output;
  std::vector<std::pair<std::string, std::string>> lookups;  // preview: names and files.
  std::vector<std::string> files;     // test
  std::string junit;                  // test; empty: none.
  std::string shell;                  // completions
  std::string page;                   // docs: a topic or a name; empty: a list of the topics.
  std::string folder;                 // docs: where to write all of them; empty: nowhere.
};

struct ParsedCommandLine {
  std::optional<CommandLine> command;  // Nothing: print `text` and exit with `exit_code`.
  int exit_code = 0;
  std::string text;
};

// Never touches files or the network. A wrong line answers with one sentence and exit code 2.
[[nodiscard]] ParsedCommandLine parse_command_line(int count, const char* const* words);

}  // namespace tallymill
