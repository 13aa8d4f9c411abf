#include "daemon/init/init_command.h"

#include <cstdio>
#include <optional>
#include <utility>

#include "aggregate/catalog.h"
#include "base/log.h"
#include "config/kafka_copy.h"
#include "config/load.h"
#include "daemon/exit_codes.h"
#include "daemon/init/new_file.h"
#include "daemon/init/starter.h"
#include "daemon/load_or_explain.h"
#include "daemon/memory_shares.h"
#include "daemon/topic_tail.h"
#include "decode/json/survey.h"
#include "expression/utf8.h"
#include "source/line_file.h"

namespace tallymill {
namespace {

constexpr const char* usual_brokers = "${KAFKA_BROKERS:-localhost:9092}";
constexpr const char* usual_file = "tallymill.yaml";

int fail(const std::string& message, int code = exit_code::failure) {
  std::fprintf(stderr, "tallymill: %s\n", message.c_str());
  return code;
}

Loaded load(const std::string& text) {
  return load_config_text("init", text, aggregate_catalog(), process_environment());
}

// Of an own text: what the flags brought into it.
std::string first_error(const Loaded& loaded) {
  for (const Problem& problem : loaded.problems) {
    if (problem.severity == Problem::Severity::error) return problem.message;
  }
  return "the result is no configuration";
}

// A configuration is UTF-8, also where it names a file.
std::string shown_path(const std::string& path) {
  return expression::is_valid_utf8(path) ? path : "FILE";
}

struct Records {
  SurveyResult survey;
  std::int64_t tombstones = 0;
};

Result<Records> read_topic(const Spec& spec, std::int64_t last) {
  TRY_ASSIGN(const MemoryShares memory, divide_memory(spec));
  TRY_ASSIGN(const TopicTail tail, open_tail(spec, spec.pipelines.front(), last));
  Survey survey(memory.largest_document);
  Records records;
  TRY(read_tail(tail, [&](std::span<const Record> chunk) {
    for (const Record& record : chunk) {
      if (record.value) survey.add(*record.value);
      if (!record.value) ++records.tombstones;
    }
    return true;
  }));
  records.survey = survey.result();
  return records;
}

Result<Records> read_file(const Spec& spec, const std::string& path) {
  TRY_ASSIGN(const MemoryShares memory, divide_memory(spec));
  TRY_ASSIGN(LineFile file, LineFile::open(path, memory.largest_document));
  Survey survey(memory.largest_document);
  std::string line;
  for (;;) {
    TRY_ASSIGN(const bool more, file.next(line));
    if (!more) break;
    if (line.find_first_not_of(" \t") != std::string::npos) survey.add(line);
  }
  return Records{survey.result(), 0};
}

// "bad_json 3, not_an_object 1"; empty if all could be used.
std::string unusable_phrase(const Records& records) {
  std::string phrase;
  const auto add = [&phrase](const std::string& what, std::int64_t count) {
    if (count > 0) phrase += (phrase.empty() ? "" : ", ") + what + " " + std::to_string(count);
  };
  for (const auto& [reason, count] : records.survey.unusable) add(reason, count);
  add("without a value", records.tombstones);
  return phrase;
}

// Fails if there is nothing to propose anything from.
Result<Proposal> propose_from(const Records& records, const std::string& from) {
  const std::string unusable = unusable_phrase(records);
  if (records.survey.documents > 0) {
    if (!unusable.empty()) {
      std::fprintf(stderr, "tallymill: records that are no JSON objects were passed over: %s\n", unusable.c_str());
    }
    return propose(records.survey);
  }
  if (!unusable.empty()) {
    return Error(Reaction::stop, from + ": no record is a JSON object: " + unusable);
  }
  return Error(Reaction::stop, from + ": no records, so nothing can be proposed; name samples with --input, or "
                                      "leave --topic and --input away for a general starter");
}

// What the flags say: the file without a proposal, and where to read for one.
struct Draft {
  StarterInput input;
  Spec spec;
};

// Nothing, with `code` set, if the flags are no good.
std::optional<Draft> make_draft(const CommandLine& line, int& code) {
  std::optional<Spec> like;
  Draft draft;
  draft.input.kafka = kafka_section(line.brokers.empty() ? usual_brokers : line.brokers);
  if (!line.like.empty()) {
    like = load_or_explain(line.like, Reach::kafka);
    code = exit_code::configuration;
    if (!like) return std::nullopt;
    auto section = copy_kafka_section(line.like);
    if (!section.ok()) {
      code = fail(section.error().message());
      return std::nullopt;
    }
    draft.input.kafka = *section;
  }
  draft.input.topic = line.topic;
  draft.input.name = line.name;
  draft.input.file = line.output.empty() ? usual_file : shown_path(line.output);
  Loaded loaded = load(starter_text(draft.input));
  if (!loaded.spec) {
    code = fail(first_error(loaded), exit_code::usage);
    return std::nullopt;
  }
  draft.spec = std::move(*loaded.spec);
  // With the secrets that the file to be made has no part in.
  if (like) draft.spec.kafka = std::move(like->kafka);
  return draft;
}

Result<void> add_proposal(const CommandLine& line, Draft& draft) {
  const bool from_file = !line.input.empty();
  if (!from_file && line.topic.empty()) return {};
  const std::string file = line.input == "-" ? "standard input" : shown_path(line.input);
  draft.input.from = from_file ? "the records of " + file : "the last records of " + line.topic;
  TRY_ASSIGN(const Records records,
             from_file ? read_file(draft.spec, line.input) : read_topic(draft.spec, line.last));
  TRY_ASSIGN(draft.input.proposal, propose_from(records, from_file ? file : "topic " + line.topic));
  return {};
}

}  // namespace

int init_command(const CommandLine& line) {
  int code = exit_code::usage;
  std::optional<Draft> draft = make_draft(line, code);
  if (!draft) return code;
  configure_log(LogLevel::warn, LogFormat::text);
  if (auto added = add_proposal(line, *draft); !added.ok()) return fail(added.error().message());
  const std::string text = starter_text(draft->input);
  if (const Loaded loaded = load(text); !loaded.spec) return fail(first_error(loaded));
  if (line.output.empty()) {
    std::fputs(text.c_str(), stdout);
    return exit_code::ok;
  }
  if (auto written = write_new_file(line.output, text); !written.ok()) return fail(written.error().message());
  std::printf("%s is written; its last lines say what comes next\n", line.output.c_str());
  return exit_code::ok;
}

}  // namespace tallymill
