#include "daemon/verify_command.h"

#include <cstdio>

#include "daemon/build.h"
#include "daemon/command_failure.h"
#include "daemon/exit_codes.h"

namespace tallymill {
namespace {

struct Tally {
  std::size_t equal = 0;
  std::size_t differ = 0;
  std::size_t not_verifiable = 0;
};

void note(std::int64_t sequence, const Verdict& verdict, Tally& tally) {
  switch (verdict.kind) {
    case Verdict::Kind::equal: ++tally.equal; return;
    case Verdict::Kind::differs:
      ++tally.differ;
      std::printf("batch %lld differs: %s\n", static_cast<long long>(sequence), verdict.why.c_str());
      return;
    case Verdict::Kind::not_verifiable:
      ++tally.not_verifiable;
      std::printf("batch %lld is not verifiable, because %s\n", static_cast<long long>(sequence),
                  verdict.why.c_str());
      return;
  }
}

Result<void> verify_all(const Spec& spec, const PipelineSpec& pipeline,
                        const LedgerSelection& which, Tally& tally) {
  TRY_ASSIGN(const auto built, build_verifier(spec, pipeline));
  TRY_ASSIGN(const auto sequences, built->ledger().find(which));
  for (const std::int64_t sequence : sequences) {
    TRY_ASSIGN(const Verdict verdict, built->verifier().verify(sequence));
    note(sequence, verdict, tally);
  }
  return {};
}

}  // namespace

int verify_command(const Spec& spec, const PipelineSpec& pipeline, const LedgerSelection& which) {
  Tally tally;
  const auto done = verify_all(spec, pipeline, which, tally);
  const std::size_t all = tally.equal + tally.differ + tally.not_verifiable;
  std::printf("%zu batch%s: %zu equal, %zu differ, %zu not verifiable\n", all, all == 1 ? "" : "es",
              tally.equal, tally.differ, tally.not_verifiable);
  if (!done.ok()) {
    command_failed(spec, done.error(), "the rest was not verified: ");
  } else if (all == 0) {
    std::fputs("tallymill: the ledger holds no such batch\n", stderr);
  }
  if (tally.differ > 0) return exit_code::failure;
  return done.ok() && all > 0 && tally.not_verifiable == 0 ? exit_code::ok
                                                           : exit_code::not_verifiable;
}

}  // namespace tallymill
