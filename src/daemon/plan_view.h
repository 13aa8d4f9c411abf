#pragma once

// What the next start would change in Postgres, put into words: what `plan` shows, as text and as JSON.

#include <string>
#include <vector>

#include "sink/postgres/start_plan.h"

namespace tallymill {

enum class PlanMark : unsigned char {
  add,     // Something is there that was not; what is there stays as it is.
  change,  // Something that is there becomes another.
  refuse,  // The start stops at it, and changes nothing of the pipeline.
};
[[nodiscard]] std::string_view name_of(PlanMark mark);

struct PlanItem {
  PlanMark mark = PlanMark::add;
  std::string what;                // "table public.counts", in one line
  std::vector<std::string> notes;  // Since when it counts, how large it is, what to run.
  std::string sql;                 // That would be run.
  std::string code;                // refuse: of the error.
};

struct PlanPart {
  std::string name;   // Of a pipeline; empty: the daemon's own schema.
  std::string title;  // "pipeline counts, at batch 12"
  std::vector<std::string> notes;
  std::vector<PlanItem> items;
};

struct PlanView {
  std::vector<PlanPart> parts;

  [[nodiscard]] std::size_t count(PlanMark mark) const;
  // For a script: exit_code::ok where there is nothing to do, would_change or would_be_refused.
  [[nodiscard]] int exit_code() const;
};

// `config` is what the command line calls the configuration: commands are shown with it.
[[nodiscard]] PlanView view_of(const postgres::StartPlan& plan, const Spec& spec, const std::string& config);

}  // namespace tallymill
