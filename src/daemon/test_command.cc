#include "daemon/test_command.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "base/printable.h"
#include "base/seconds.h"
#include "config/case_file.h"
#include "daemon/build.h"
#include "daemon/choose_pipeline.h"
#include "daemon/exit_codes.h"
#include "daemon/junit.h"
#include "daemon/load_or_explain.h"
#include "daemon/offline_lookups.h"
#include "daemon/terminal.h"
#include "pipeline/case_check.h"
#include "pipeline/case_run.h"

namespace tallymill {
namespace {

// Of an event that no one says when it came, and that has no time of its own.
constexpr Timestamp no_time(0);

std::string at(const Place& place) { return place.file + ":" + std::to_string(place.line); }

std::string text_of(const std::vector<Difference>& differences) {
  std::string text;
  for (const Difference& difference : differences) {
    text += at(difference.place) + ": " + difference.what + "\n";
    for (const std::string& detail : difference.details) text += "    " + detail + "\n";
  }
  return text;
}

class TestRun {
 public:
  // Runs the cases of one file. Returns what is wrong with the file or its configuration, told already
  // where it is empty.
  std::optional<std::vector<Problem>> run(const std::string& path) {
    LoadedCases loaded = load_cases(path);
    if (!loaded.file) return std::move(loaded.problems);
    const CaseFile& file = *loaded.file;
    std::optional<Spec> spec = load_or_explain(file.config, Reach::nothing);
    if (!spec) return std::vector<Problem>();
    const auto chosen = choose_pipeline(*spec, file.pipeline);
    if (!chosen.ok()) {
      Place place = file.pipeline_place;
      if (place.file.empty()) place.file = path;
      return std::vector<Problem>{{place, chosen.error().message(), "", 0, Problem::Severity::error}};
    }
    PipelineSpec& pipeline = spec->pipelines[static_cast<std::size_t>(*chosen - spec->pipelines.data())];
    auto problems = use_lookups(file, pipeline);
    OfflineLookups lookups = load_offline(
        *spec, pipeline, [](const std::string& lookup) { return "`lookups: {" + lookup + ": FILE}`"; });
    for (Problem& problem : lookups.problems) problems.push_back(std::move(problem));
    for (const PipelineCase& one : file.cases) {
      for (Problem& problem : check_case(one, pipeline)) problems.push_back(std::move(problem));
    }
    if (!problems.empty()) return problems;
    return run_all(file, *spec, pipeline, lookups.tables);
  }

  [[nodiscard]] const std::vector<JunitSuite>& suites() const { return suites_; }
  [[nodiscard]] std::size_t passed() const { return passed_; }
  [[nodiscard]] std::size_t failed() const { return failed_; }

 private:
  // Reads the lookups that the file names from where it says.
  static std::vector<Problem> use_lookups(const CaseFile& file, PipelineSpec& pipeline) {
    std::vector<Problem> problems;
    for (const auto& [name, other] : file.lookups) {
      if (read_from_file(pipeline, name, other.file, other.place)) continue;
      problems.push_back({other.place, "the pipeline has no lookup " + name, "", 0,
                          Problem::Severity::error});
    }
    return problems;
  }

  std::optional<std::vector<Problem>> run_all(const CaseFile& file, const Spec& spec,
                                              const PipelineSpec& pipeline, const LookupTables& lookups) {
    JunitSuite suite{file.path, {}};
    Arrival arrival = build_arrival(pipeline, no_time);
    for (const PipelineCase& one : file.cases) {
      const SteadyTime began = system_clock().steady_now();
      auto parts = build_trial(spec, pipeline, lookups);
      if (!parts.ok()) return whole_file(file, parts.error());
      const auto differences = run_case(one, std::move(parts).value(), arrival);
      const std::string failure =
          differences.ok() ? text_of(*differences) : differences.error().message() + "\n";
      note(one, failure);
      suite.cases.push_back(
          {one.name, in_seconds(system_clock().steady_now() - began), failure});
    }
    suites_.push_back(std::move(suite));
    return std::nullopt;
  }

  static std::vector<Problem> whole_file(const CaseFile& file, const Error& error) {
    return {{{file.path, 0, 0}, error.message(), "", 0, Problem::Severity::error}};
  }

  void note(const PipelineCase& one, const std::string& failure) {
    ++(failure.empty() ? passed_ : failed_);
    std::string head = failure.empty() ? inked("ok", Ink::green, colour_)
                                       : inked("FAIL", Ink::red, colour_);
    head += "  " + printable(at(one.place) + ": " + one.name);
    std::puts(head.c_str());
    for (std::size_t begin = 0; begin < failure.size();) {
      const std::size_t end = failure.find('\n', begin);
      std::printf("    %s\n", printable(failure.substr(begin, end - begin)).c_str());
      begin = end + 1;
    }
  }

  const bool colour_ = wants_colour(stdout);
  std::vector<JunitSuite> suites_;
  std::size_t passed_ = 0;
  std::size_t failed_ = 0;
};

bool write_junit(const std::string& path, const std::vector<JunitSuite>& suites) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  const std::string xml = junit_xml(suites);
  const bool written = file != nullptr && std::fwrite(xml.data(), 1, xml.size(), file) == xml.size();
  const bool closed = file != nullptr && std::fclose(file) == 0;
  if (written && closed) return true;
  std::fprintf(stderr, "tallymill: writing %s: %s\n", path.c_str(), std::strerror(errno));
  return false;
}

}  // namespace

int test_command(const CommandLine& line) {
  TestRun run;
  std::vector<Problem> problems;
  bool is_wrong = false;
  for (const std::string& path : line.files) {
    for (const std::string& file : list_case_files(path, problems)) {
      auto found = run.run(file);
      if (!found) continue;
      is_wrong = true;
      problems.insert(problems.end(), found->begin(), found->end());
    }
  }
  if (!problems.empty()) std::fputs(render(problems).c_str(), stderr);
  const std::size_t all = run.passed() + run.failed();
  std::printf("%zu case%s: %zu pass, %zu fail\n", all, all == 1 ? "" : "s", run.passed(), run.failed());
  if (!line.junit.empty() && !write_junit(line.junit, run.suites())) return exit_code::failure;
  if (is_wrong || !problems.empty()) return exit_code::configuration;
  return run.failed() > 0 ? exit_code::failure : exit_code::ok;
}

}  // namespace tallymill
