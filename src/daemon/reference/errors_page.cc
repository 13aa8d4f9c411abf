#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/reference/markdown.h"
#include "daemon/reference/pages.h"
#include "model/batch_words.h"
#include "model/error_codes.h"
#include "model/reason.h"
#include "sink/postgres/sqlstate.h"
#include "source/kafka/error_names.h"

namespace tallymill::reference {
namespace {

void add_words(std::span<const Word> words, Markdown& page) {
  for (const Word& word : words) {
    page.item(code(word.word) + ": " + std::string(word.meaning) +
              (word.cure.empty() ? "" : " *What to do:* " + std::string(word.cure)));
  }
}

std::string meaning(postgres::SqlstateClass kind) {
  using Kind = postgres::SqlstateClass;
  switch (kind) {
    case Kind::connection: return "the connection is gone or leads to no primary: connects anew and tries again.";
    case Kind::retry: return "tries the same transaction again.";
    case Kind::data:
      return "the batch holds something that cannot be stored: reads it again in halves, until the records that "
             "are to blame stand alone. They become dead letters, `database`.";
    case Kind::timeout: return "the batch may be too large: reads it again in halves.";
    case Kind::stop: break;
  }
  return "stops: a person has to act, by the GRANT or the correction that the message names, then "
         "`tallymill resume`. It is tried again every 30 seconds anyway.";
}

// One item for each kind, with its prefixes in the order of the rules.
void add_sqlstates(Markdown& page) {
  using Kind = postgres::SqlstateClass;
  for (const Kind kind : {Kind::connection, Kind::retry, Kind::data, Kind::timeout}) {
    std::string prefixes;
    for (const postgres::SqlstateRule& rule : postgres::sqlstate_rules()) {
      if (rule.meaning == kind) prefixes += (prefixes.empty() ? "" : ", ") + code(rule.prefix);
    }
    page.item(prefixes + ": " + meaning(kind));
  }
  page.item("all others, such as `42501`: " + meaning(Kind::stop));
}

// Five digits and capitals, of a class that SQL or Postgres has.
bool is_sqlstate(std::string_view name) {
  const std::string_view kind = name.substr(0, 2);
  const bool is_class = (kind >= "00" && kind <= "9Z") || kind == "F0" || kind == "HV" || kind == "P0" || kind == "XX";
  return name.size() == 5 && is_class &&
         name.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string_view::npos;
}

std::string kafka_names() {
  std::string names;
  for (const std::string& name : kafka::refusal_names()) names += (names.empty() ? "" : ", ") + code(name);
  return names;
}

}  // namespace

std::string foreign_code(std::string_view name) {
  Markdown page;
  if (is_sqlstate(name)) {
    page.paragraph("errors, What Postgres answers:");
    page.item(code(name) + ": " + meaning(postgres::classify(name)) +
              " Its name is in the manual of Postgres, appendix *PostgreSQL Error Codes*.");
  } else if (const auto known = kafka::meaning_of(name)) {
    page.paragraph("errors, What Kafka answers:");
    page.item(code(name) + ": librdkafka's name for: " + known->words + ". " +
              (known->stops ? "Stops a pipeline: grant or correct what it refuses, then `tallymill resume`."
                            : "Waited out, unless a record could not be read: then the pipeline stops."));
  }
  return page.text();
}

std::string errors_page() {
  Markdown page;
  page.heading(1, "Errors, and what to do");
  page.paragraph("Each has a code that stays the same. A pipeline that stops shows its code in the log line "
                 "`pipeline stopped; a person must act` and as the label `code` of `tallymill_pipeline_stopped`; "
                 "`/readyz` and `/api/status` show the message. `tallymill docs CODE` prints what stands here "
                 "about a code, be it one of Postgres's or of librdkafka's. What is wrong in a configuration has no code: `tallymill check` shows each "
                 "problem with its place, and what would be right.");
  page.heading(2, "What stops a pipeline or a command");
  page.paragraph("The other pipelines go on. Once the cause is settled, `tallymill resume` has the daemon try "
                 "again; a restart does the same. Lookups, and a start that waits for a replay, are tried again every "
                 "30 seconds anyway. "
                 "Where `on_error` is `stop`, the code is the reason of a dead letter, below: correct the lookup "
                 "that the record missed, then `tallymill resume`; else another `on_error` and "
                 "`tallymill reset`.");
  add_words(stop_codes(), page);
  page.heading(2, "What Postgres answers");
  page.paragraph("Its own codes, SQLSTATEs, by their beginning:");
  add_sqlstates(page);
  page.heading(2, "What Kafka answers");
  page.paragraph("librdkafka's names are the codes. These stop a pipeline, because somebody has to grant or "
                 "correct something; then `tallymill resume`: " + kafka_names() +
                 ". All others are waited out, unless a record could not be read: then the pipeline stops, rather "
                 "than skip it.");
  page.heading(2, "What passes by itself");
  page.paragraph("The daemon logs `waiting; the same will be tried again`, with the code, and goes on by itself; a "
                 "command ends.");
  add_words(passing_codes(), page);
  page.heading(2, "Why a record is a dead letter");
  page.paragraph("The column `reason` of `dead_letter`, and the label of `tallymill_dead_letters_total`. A "
                 "configuration that would accept what the present one rejects counts otherwise, so it comes into "
                 "force by `tallymill reset`.");
  add_words(reasons, page);
  page.heading(2, "What becomes of a commit");
  page.paragraph("The label `outcome` of `tallymill_commits_total`. Nothing is to be done about any of them: what "
                 "needs a person has a code above.");
  add_words(commit_outcomes, page);
  page.heading(2, "Why a batch is dropped");
  page.paragraph("The label `cause` of `tallymill_batches_dropped_total`, and `why` of the log line `batch "
                 "dropped; following the checkpoint`. Its records are read again from the checkpoint.");
  add_words(drop_causes, page);
  page.heading(2, "Why there is a gap");
  page.paragraph("The column `cause` of `gap`.");
  add_words(gap_causes, page);
  return page.text();
}

}  // namespace tallymill::reference
