#include "decode/json/ndjson.h"

#include <string>

#include "support/catch.h"
#include "unit/decode/lookup_text.h"

namespace tallymill {
namespace {

TEST_CASE("an NDJSON file is a row per line, its columns those of the first") {
  CHECK(ndjson("{\"k\": \"1\", \"v\": \"a\"}\n{\"k\": \"2\", \"v\": \"b\"}\n") == "[k][v] [1][a] [2][b]");
  CHECK(ndjson("{\"k\": \"1\", \"v\": \"a\"}\n{\"v\": \"b\", \"k\": \"2\"}") == "[k][v] [1][a] [2][b]");
}

TEST_CASE("values of an NDJSON file stand as text") {
  CHECK(ndjson(R"({"k": 5, "t": true, "f": false, "n": null, "s": "x", "m": -7})") ==
        "[k][t][f][n][s][m] [5][true][false][][x][-7]");
  CHECK(ndjson(R"({"k": 18446744073709551615})") == "[k] [18446744073709551615]");
  CHECK(ndjson(R"({"k": -9223372036854775808})") == "[k] [-9223372036854775808]");
  CHECK(ndjson(R"({"k": "a\"b\n\u00e9"})") == "[k] [a\"b\n\xC3\xA9]");
}

TEST_CASE("CRLF, empty lines, a missing last line end and a byte order mark change nothing") {
  CHECK(ndjson("{\"k\": 1}\r\n\r\n \t\n{\"k\": 2}\r\n") == "[k] [1] [2]");
  CHECK(ndjson("{\"k\": 1}") == "[k] [1]");
  CHECK(ndjson("\xEF\xBB\xBF{\"k\": 1}\n") == "[k] [1]");
  CHECK(ndjson("\n\n{\"k\": 1}") == "[k] [1]");
}

TEST_CASE("a number whose digits a text could not keep stops the load") {
  const std::string why = " is not a string, an integer, true, false or null";
  CHECK(ndjson(R"({"k": 1, "v": 1.5})") == "stop ads: line 1: column v" + why);
  CHECK(ndjson(R"({"k": 1, "v": 1e2})") == "stop ads: line 1: column v" + why);
  CHECK(ndjson(R"({"k": 1, "v": [1]})") == "stop ads: line 1: column v" + why);
  CHECK(ndjson("{\"k\": 1, \"v\": 2}\n{\"k\": 2, \"v\": {}}") == "stop ads: line 2: column v" + why);
}

TEST_CASE("a line with other columns than the first stops the load and is named") {
  CHECK(ndjson("{\"k\": 1, \"v\": 2}\n\n{\"k\": 2}\n") == "stop ads: line 3: column v is missing");
  CHECK(ndjson("{\"k\": 1}\n{\"k\": 2, \"v\": 3}\n") == "stop ads: line 2: column v is not in the first line");
  CHECK(ndjson("{}\n{\"k\": 2}\n") == "stop ads: line 1 has 0 values for 1 columns");
}

TEST_CASE("a column that stands twice stops the load, also where another is missing for it") {
  CHECK(ndjson(R"({"k": 1, "k": 2})") == "stop ads: line 1: column k stands twice");
  CHECK(ndjson("{\"k\": 1, \"v\": 2}\n{\"k\": 2, \"k\": 3}") == "stop ads: line 2: column k stands twice");
  CHECK(ndjson("{\"k\": 1, \"v\": 2}\n{\"k\": 2, \"\\u0076\": 3, \"v\": 4}") ==
        "stop ads: line 2: column v stands twice");
}

TEST_CASE("a line that is no JSON object stops the load and is named") {
  for (const char* line : {"{", "[]", "1", "null", "{\"k\": 2} x", "{\"k\": 2},", "{\"k\": 1e400}",
                           "{\"k\": \"\\ud800\"}", "{\"k\": 123456789012345678901234567890}"}) {
    INFO(line);
    const std::string what = ndjson("{\"k\": 1}\n" + std::string(line) + "\n{\"k\": 3}");
    CHECK(what.starts_with("stop ads: line 2: "));
  }
}

}  // namespace
}  // namespace tallymill
