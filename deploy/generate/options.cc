#include "options.h"

#include <getopt.h>

#include <charconv>
#include <string_view>

namespace tallymill::generate {

const char* const usage =
    "tallymill-generate sends a live stream of made-up events to a Kafka topic.\n"
    "\n"
    "  --brokers HOST:PORT,...  where Kafka is; without it nothing is sent\n"
    "  --topic NAME             the topic; ad-events, app-logs, nexmark or shapes by default\n"
    "  --partitions N           create the topic with N partitions if it is missing\n"
    "  --stream ads|logs|bids|shapes  which events; ads by default\n"
    "  --rate N                 events a second; as fast as possible by default\n"
    "  --for DURATION           stop after 500ms, 30s, 5m, 1h\n"
    "  --count N                stop after N events\n"
    "  --seed N                 which ids and which choices; 1 by default\n"
    "  --times-from MS          event times from then on, not the clock's\n"
    "  --times-rate N           events to a second of such times; 200000 by default\n"
    "  --late                   each event up to 50 ms early or late, 1 in 100,000 up to 60 s late\n"
    "  --fields N               of an event of shapes, 3 to 1000; 8 by default\n"
    "  --bytes N                of an event of shapes, at most 100000, more or less; 250 by default\n"
    "  --broken-every N         of the events of shapes, one in N cannot be used; none by default\n"
    "  --lz4                    compress with lz4\n"
    "  --write-lookup FILE      write the ads and their campaigns as CSV, made from the seed alone\n"
    "  --help                   this text\n";

namespace {

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stopped == end && number >= 0;
}

bool read_duration(std::string_view text, std::chrono::milliseconds& duration) {
  struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
  };
  constexpr Unit units[] = {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}};
  for (const Unit& unit : units) {
    if (text.size() <= unit.name.size()) continue;
    const std::string_view digits = text.substr(0, text.size() - unit.name.size());
    std::int64_t number = 0;
    if (digits.size() < 10 && text.substr(digits.size()) == unit.name &&
        read_number(digits, number)) {
      duration = std::chrono::milliseconds(number * unit.milliseconds);
      return true;
    }
  }
  return false;
}

struct NamedStream {
  std::string_view name;
  Options::Kind kind;
  const char* topic;
};

constexpr NamedStream streams[] = {{"ads", Options::Kind::ads, "ad-events"},
                                   {"logs", Options::Kind::logs, "app-logs"},
                                   {"bids", Options::Kind::bids, "nexmark"},
                                   {"shapes", Options::Kind::shapes, "shapes"}};

bool read_stream(std::string_view text, Options::Kind& kind) {
  for (const NamedStream& stream : streams) {
    if (stream.name != text) continue;
    kind = stream.kind;
    return true;
  }
  return false;
}

bool apply(int option, std::string_view value, Options& options) {
  switch (option) {
    case 'b': options.target.brokers = value; return !value.empty();
    case 't': options.target.topic = value; return !value.empty();
    case 'p': return read_number(value, options.target.partitions);
    case 's': return read_stream(value, options.stream);
    case 'r': return read_number(value, options.limits.per_second);
    case 'f': return read_duration(value, options.limits.duration);
    case 'c': return read_number(value, options.limits.count);
    case 'S': return read_number(value, options.seed);
    case 'T': return read_number(value, options.times.start_ms);
    case 'R': return read_number(value, options.times.per_second) && options.times.per_second > 0;
    case 'F':
      return read_number(value, options.shape.fields) && options.shape.fields >= 3 && options.shape.fields <= 1'000;
    case 'B': return read_number(value, options.shape.bytes) && options.shape.bytes <= 100'000;
    case 'x': return read_number(value, options.shape.broken_every);
    case 'l': options.skew = Skew::late; return true;
    case 'z': options.target.lz4 = true; return true;
    case 'w': options.lookup_path = value; return !value.empty();
    default: return false;
  }
}

}  // namespace

Parsed parse_options(int argc, char** argv, Options& options, std::string& problem) {
  static const option known[] = {
      {"brokers", required_argument, nullptr, 'b'},  {"topic", required_argument, nullptr, 't'},
      {"partitions", required_argument, nullptr, 'p'}, {"stream", required_argument, nullptr, 's'},
      {"rate", required_argument, nullptr, 'r'},     {"for", required_argument, nullptr, 'f'},
      {"count", required_argument, nullptr, 'c'},    {"seed", required_argument, nullptr, 'S'},
      {"times-from", required_argument, nullptr, 'T'}, {"times-rate", required_argument, nullptr, 'R'},
      {"late", no_argument, nullptr, 'l'},           {"lz4", no_argument, nullptr, 'z'},
      {"fields", required_argument, nullptr, 'F'},   {"bytes", required_argument, nullptr, 'B'},
      {"broken-every", required_argument, nullptr, 'x'},
      {"write-lookup", required_argument, nullptr, 'w'}, {"help", no_argument, nullptr, 'h'},
      {nullptr, 0, nullptr, 0}};
  opterr = 0;
  int index = 0;
  for (int found = 0; (found = getopt_long(argc, argv, "", known, &index)) != -1;) {
    if (found == 'h') return Parsed::help;
    if (found == '?') {
      problem = std::string("unknown option, or a value is missing: ") + argv[optind - 1];
      return Parsed::wrong;
    }
    const std::string_view value = optarg == nullptr ? "" : optarg;
    if (!apply(found, value, options)) {
      problem = "--" + std::string(known[index].name) + ": cannot be " + std::string(value);
      return Parsed::wrong;
    }
  }
  if (optind < argc) {
    problem = std::string("not an option: ") + argv[optind];
    return Parsed::wrong;
  }
  if (options.target.brokers.empty() && options.lookup_path.empty()) {
    problem = "nothing to do: give --brokers, --write-lookup or both";
    return Parsed::wrong;
  }
  if (options.target.topic.empty()) {
    for (const NamedStream& stream : streams) {
      if (stream.kind == options.stream) options.target.topic = stream.topic;
    }
  }
  return Parsed::ok;
}

}  // namespace tallymill::generate
