#include "decode/csv.h"

#include <string>

#include "support/catch.h"
#include "unit/decode/lookup_text.h"

namespace tallymill {
namespace {

using namespace std::string_literals;

TEST_CASE("a CSV file is a header line and a row per line") {
  CHECK(csv("k,v\n1,a\n2,b\n") == "[k][v] [1][a] [2][b]");
  CHECK(csv("v,k\na,1\n") == "[v][k] [a][1]");
  CHECK(csv("k\n1\n") == "[k] [1]");
}

TEST_CASE("the last line of a CSV file may lack its end") {
  CHECK(csv("k,v\n1,a") == "[k][v] [1][a]");
  CHECK(csv("k,v\n1,") == "[k][v] [1][]");
  CHECK(csv("k,v\r\n1,\"a\"\r") == "[k][v] [1][a]");
  CHECK(csv("k,v\r\n1,a\r") == "[k][v] [1][a]");
}

TEST_CASE("CRLF ends a line of a CSV file and is no part of a cell") {
  CHECK(csv("k,v\r\n1,a\r\n2,\"b\"\r\n") == "[k][v] [1][a] [2][b]");
  CHECK(csv("k,v\r\n1,a\n2,b\r\n") == "[k][v] [1][a] [2][b]");
}

TEST_CASE("a byte order mark before a CSV file is no part of the first column's name") {
  CHECK(csv("\xEF\xBB\xBFk,v\n1,a\n") == "[k][v] [1][a]");
  CHECK(csv("\xEF\xBB\xBF\"k\",v\n1,a\n") == "[k][v] [1][a]");
  // Only there.
  CHECK(csv("k,v\n\xEF\xBB\xBF" "1,a\n") == "[k][v] [\xEF\xBB\xBF" "1][a]");
}

TEST_CASE("quotes hold commas, line ends and doubled quotes") {
  CHECK(csv("k,v\n\"1,2\",\"a\nb\"\n") == "[k][v] [1,2][a\nb]");
  CHECK(csv("k,v\n1,\"say \"\"hi\"\"\"\n") == "[k][v] [1][say \"hi\"]");
  CHECK(csv("k,v\n1,\"\"\"\"\n") == "[k][v] [1][\"]");
  CHECK(csv("k,v\n1,\"a\r\nb\"\r\n") == "[k][v] [1][a\r\nb]");
  CHECK(csv("\"k\",\"v,w\"\n1,2\n") == "[k][v,w] [1][2]");
}

TEST_CASE("cells are neither trimmed nor folded, and an empty one is the empty text") {
  CHECK(csv("k,v\n 1 ,\ta\n") == "[k][v] [ 1 ][\ta]");
  CHECK(csv("k,v\n,\"\"\n") == "[k][v] [][]");
  CHECK(csv("k,v\n0,null\n00,NULL\n") == "[k][v] [0][null] [00][NULL]");
}

TEST_CASE("empty lines of a CSV file are passed over, a quoted empty cell is a row") {
  CHECK(csv("\n\r\nk,v\n\n1,a\n\r\n2,b\n\n") == "[k][v] [1][a] [2][b]");
  CHECK(csv("k\n\"\"\n\n1\n") == "[k] [] [1]");
}

TEST_CASE("a malformed line of a CSV file stops the load and is named, counted from 1") {
  CHECK(csv("k,v\n1,a\n2\n") == "stop ads: line 3: 1 fields where the header has 2");
  CHECK(csv("k,v\n1,a,x\n") == "stop ads: line 2: 3 fields where the header has 2");
  CHECK(csv("k,v\n1,a\n2,b\"c\n") == "stop ads: line 3: a quote inside an unquoted field");
  CHECK(csv("k,v\n1,\"a\"b\n") == "stop ads: line 2: text after a closing quote");
  CHECK(csv("k,v\n1,\"a\" \n") == "stop ads: line 2: text after a closing quote");
  CHECK(csv("k,v\n1,a\n2,\"b\n3,c\n") == "stop ads: line 3: a quote is never closed");
}

TEST_CASE("line numbers count the lines inside quotes and those that are empty") {
  CHECK(csv("k,v\n1,\"a\nb\nc\"\n\n2\n") == "stop ads: line 6: 1 fields where the header has 2");
  CHECK(csv("k,v\r\n\r\n1,\"a\r\nb\"\r\n2\r\n") == "stop ads: line 5: 1 fields where the header has 2");
  CHECK(csv("k,v\n1,\"a\nb\"x\n") == "stop ads: line 2: text after a closing quote");
}

TEST_CASE("what a lookup's canonical text says is read back as the same table") {
  for (const char* rows : {R"({"k": "", "v": ""})", R"({"k": "a\"b", "v": "x,\n\r\ny"})",
                           "{\"k\": \"\xC3\xA9\", \"v\": \"\xEF\xBB\xBF\"}\n{\"k\": \"\\r\", \"v\": \" \"}"}) {
    const auto table = parse_lookup(rows, LookupFormat::ndjson, "k", "ads").value();
    const auto again = parse_lookup(table->canonical_text(), LookupFormat::csv, "k", "ads").value();
    CHECK(again->content_hash() == table->content_hash());
    CHECK(again->canonical_text() == table->canonical_text());
  }
  const auto one_column = parse_lookup("{\"k\": \"\"}\n{\"k\": \"1\"}", LookupFormat::ndjson, "k", "ads").value();
  const auto again = parse_lookup(one_column->canonical_text(), LookupFormat::csv, "k", "ads").value();
  CHECK(again->size() == 2);
  CHECK(again->content_hash() == one_column->content_hash());
}

}  // namespace
}  // namespace tallymill
