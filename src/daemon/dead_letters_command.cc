#include "daemon/dead_letters_command.h"

#include <algorithm>
#include <cstdio>

#include "base/digest.h"
#include "base/json_writer.h"
#include "daemon/build.h"
#include "daemon/command_failure.h"
#include "daemon/exit_codes.h"
#include "expression/utf8.h"

namespace tallymill {
namespace {

constexpr std::int64_t page = 500;

std::string place_of(const DeadLetter& letter) {
  return letter.where.topic + " partition " + std::to_string(letter.where.partition.value()) +
         " offset " + letter.offset.str() +
         (letter.aggregation.empty() ? "" : " aggregation " + letter.aggregation);
}

// Bytes are shown as text where they are some, so that no terminal obeys them: JSON escapes the rest.
void show_bytes(JsonWriter& json, const std::string& name, const std::optional<std::string>& bytes) {
  if (!bytes) {
    json.key(name).null();
  } else if (expression::is_valid_utf8(*bytes)) {
    json.key(name).string(*bytes);
  } else {
    json.key(name + "_hex").string(to_hex(*bytes));
  }
}

std::string shown(const StoredLetter& stored) {
  const DeadLetter& letter = stored.letter;
  JsonWriter json;
  json.begin_object();
  json.key("topic").string(letter.where.topic);
  json.key("topic_id").string(letter.topic_id);
  json.key("partition").number(letter.where.partition.value());
  json.key("offset").raw_number(letter.offset.str());
  json.key("aggregation").string(letter.aggregation);
  json.key("reason").string(letter.reason);
  json.key("message").string(letter.message);
  json.key("record_time").string(to_string(letter.timestamp));
  json.key("rejected_at").string(stored.created_at);
  json.key("batch").number(stored.batch_sequence);
  show_bytes(json, "key", letter.key);
  show_bytes(json, "value", letter.value);
  json.key("headers").begin_array();
  for (const auto& [name, value] : letter.headers) {
    json.begin_object();
    show_bytes(json, "name", name);
    show_bytes(json, "value", value);
    json.end_object();
  }
  json.end_array();
  json.key("truncated").boolean(letter.truncated);
  return json.end_object().text() + "\n";
}

// Hands each chosen letter to `work`, in order.
template <class Work>
Result<void> for_each(DeadLetterStore& letters, const LetterSelection& which, std::int64_t most,
                      const Work& work) {
  std::optional<DeadLetter> last;
  while (most > 0) {
    TRY_ASSIGN(const auto found, letters.find(which, last ? &*last : nullptr, std::min(page, most)));
    for (const StoredLetter& letter : found) TRY(work(letter));
    if (found.empty()) return {};
    last = found.back().letter;
    most -= static_cast<std::int64_t>(found.size());
  }
  return {};
}

Result<int> list(DeadLetterStore& letters, const CommandLine& line) {
  std::int64_t count = 0;
  TRY(for_each(letters, line.letters, line.limit, [&](const StoredLetter& stored) -> Result<void> {
    const DeadLetter& letter = stored.letter;
    std::printf("%s  %s  %s: %s\n", stored.created_at.c_str(), place_of(letter).c_str(),
                letter.reason.c_str(), letter.message.c_str());
    ++count;
    return {};
  }));
  std::fprintf(stderr, "%lld dead letter%s%s\n", static_cast<long long>(count), count == 1 ? "" : "s",
               count == line.limit ? "; there may be more, see --limit" : "");
  return exit_code::ok;
}

Result<int> show(DeadLetterStore& letters, const CommandLine& line) {
  TRY(for_each(letters, line.letters, line.limit, [&](const StoredLetter& place) -> Result<void> {
    TRY_ASSIGN(const auto stored, letters.read(place.letter));
    if (stored) std::fputs(shown(*stored).c_str(), stdout);
    return {};
  }));
  return exit_code::ok;
}

Result<int> retry(BuiltRetrier& built, const CommandLine& line) {
  std::int64_t counted = 0;
  std::int64_t left = 0;
  std::int64_t listed = 0;
  const auto offered = for_each(
      built.letters(), line.letters, line.limit, [&](const StoredLetter& place) -> Result<void> {
        if (line.dry_run) {
          std::printf("%s: would be offered again\n", place_of(place.letter).c_str());
          ++listed;
          return {};
        }
        TRY_ASSIGN(const auto stored, built.letters().read(place.letter));
        if (!stored) return {};
        TRY_ASSIGN(const RetryOutcome outcome, built.retrier().retry(*stored));
        const bool done = outcome.kind == RetryOutcome::Kind::counted;
        ++(done ? counted : left);
        const char* became = "still rejected: ";
        if (done) became = "counted";
        if (outcome.kind == RetryOutcome::Kind::refused) became = "Postgres refuses it: ";
        if (outcome.kind == RetryOutcome::Kind::gone) became = "gone: ";
        std::printf("%s: %s%s\n", place_of(place.letter).c_str(), became, outcome.why.c_str());
        return {};
      });
  if (line.dry_run) {
    std::printf("%lld would be offered again\n", static_cast<long long>(listed));
    return offered.ok() ? Result<int>(exit_code::ok) : offered.error();
  }
  std::printf("%lld counted, %lld not\n", static_cast<long long>(counted), static_cast<long long>(left));
  if (!offered.ok()) return offered.error();
  return left == 0 ? exit_code::ok : exit_code::not_retried;
}

Result<int> drop(DeadLetterStore& letters, const CommandLine& line) {
  if (line.dry_run) return list(letters, line);
  TRY_ASSIGN(const std::int64_t dropped, letters.drop(line.letters));
  std::printf("%lld dropped\n", static_cast<long long>(dropped));
  return exit_code::ok;
}

Result<int> run(const Spec& spec, const PipelineSpec& pipeline, const CommandLine& line) {
  if (line.command == CommandLine::Command::retry_letters) {
    TRY_ASSIGN(const auto built, build_retrier(spec, pipeline));
    return retry(*built, line);
  }
  const auto letters = build_dead_letters(spec, pipeline);
  switch (line.command) {
    case CommandLine::Command::show_letters: return show(*letters, line);
    case CommandLine::Command::drop_letters: return drop(*letters, line);
    default: return list(*letters, line);
  }
}

}  // namespace

int dead_letters_command(const Spec& spec, const PipelineSpec& pipeline, const CommandLine& line) {
  const auto code = run(spec, pipeline, line);
  if (code.ok()) return *code;
  return command_failed(spec, code.error());
}

}  // namespace tallymill
