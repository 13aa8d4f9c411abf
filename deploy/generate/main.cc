#include <atomic>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "options.h"
#include "producer.h"
#include "run.h"
#include "stream_ads.h"
#include "stream_bids.h"
#include "stream_logs.h"
#include "stream_shapes.h"

namespace {

constexpr int exit_failure = 1;
constexpr int exit_usage = 2;

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

// A second signal ends the program at once.
void request_stop(int signal) {
  stop = true;
  std::signal(signal, SIG_DFL);
}

std::unique_ptr<tallymill::generate::Stream> make_stream(const tallymill::generate::Options& options) {
  using Kind = tallymill::generate::Options::Kind;
  switch (options.stream) {
    case Kind::ads: break;
    case Kind::logs: return tallymill::generate::make_logs_stream(options.seed);
    case Kind::bids: return tallymill::generate::make_bids_stream(options.seed);
    case Kind::shapes: return tallymill::generate::make_shapes_stream(options.seed, options.shape);
  }
  return tallymill::generate::make_ads_stream(options.seed, options.skew);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace tallymill::generate;
  Options options;
  std::string problem;
  switch (parse_options(argc, argv, options, problem)) {
    case Parsed::ok: break;
    case Parsed::help: std::fputs(usage, stdout); return 0;
    case Parsed::wrong:
      std::fprintf(stderr, "tallymill-generate: %s; see --help\n", problem.c_str());
      return exit_usage;
  }
  const std::unique_ptr<Stream> stream = make_stream(options);
  if (!options.lookup_path.empty()) {
    std::ofstream file(options.lookup_path);
    if (!stream->write_lookup(file) || !file.flush()) {
      std::fprintf(stderr, "tallymill-generate: writing %s: this stream has no lookup, or the file cannot be written\n",
                   options.lookup_path.c_str());
      return exit_failure;
    }
  }
  if (options.target.brokers.empty()) return 0;

  std::signal(SIGINT, request_stop);
  std::signal(SIGTERM, request_stop);
  const std::unique_ptr<Producer> producer = Producer::open(options.target, problem);
  if (!producer) {
    std::fprintf(stderr, "tallymill-generate: opening topic %s: %s\n",
                 options.target.topic.c_str(), problem.c_str());
    return exit_failure;
  }
  return run(*stream, *producer, options.limits, options.times, stop);
}
