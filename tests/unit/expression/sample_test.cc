// The examples of the reference, evaluated: each comes to what stands beside it.

#include "expression/sample.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bench.h"
#include "decode/decoder.h"
#include "decode/lookup_file.h"
#include "expression/functions.h"
#include "expression/operators.h"
#include "model/value_text.h"
#include "support/catch.h"

namespace tallymill::expression {
namespace {

// The sample record as the decoder reads it; `values` hold texts of `decoder`.
struct Sample {
  Sample() {
    std::vector<Field> fields;
    for (const SampleField& each : sample_fields) {
      Field field;
      field.path = parsed(each.path)->parts;
      field.type = each.type;
      field.optional = each.optional;
      field.declared = true;
      fields.push_back(std::move(field));
    }
    decoder = make_json_decoder(std::move(fields));
    values.resize(sample_fields.size());
    const auto refused = decoder->decode(sample_record, values);
    INFO((refused ? refused->message : ""));
    REQUIRE_FALSE(refused.has_value());
    auto table = parse_lookup(sample_lookup, LookupFormat::csv, "ad_id", "ads");
    REQUIRE(table.ok());
    ads = *table;
  }

  std::string evaluate(std::string_view example) {
    Bench bench;
    for (std::size_t i = 0; i < sample_fields.size(); ++i) {
      bench.field(sample_fields[i].path, sample_fields[i].type, values[i], sample_fields[i].optional);
    }
    bench.lookup("ads", ads, OnMiss::dead_letter);
    return bench.run(example, Use::any_argument, text_of);
  }

  std::unique_ptr<Decoder> decoder;
  std::vector<Value> values;
  std::shared_ptr<const LookupTable> ads;
};

void check(Sample& sample, std::string_view name, std::string_view example, std::string_view result) {
  INFO(name << ": " << example);
  CHECK_FALSE(result.empty());
  CHECK(sample.evaluate(example) == result);
}

}  // namespace

TEST_CASE("the example of each function comes to what the reference says") {
  Sample sample;
  for (const Function& each : functions()) check(sample, each.name, each.example, each.example_result);
}

TEST_CASE("the example of each operator comes to what the reference says, and has the operator in it") {
  Sample sample;
  for (const BinaryOperator& each : binary_operators) {
    check(sample, each.text, each.example, each.result);
    CHECK(each.example.find(each.text) != std::string_view::npos);
  }
  for (const BinaryOperator& each : other_operators) check(sample, each.text, each.example, each.result);
}

TEST_CASE("each field of the sample record is in some example") {
  std::string all;
  for (const Function& each : functions()) all += std::string(each.example) + "\n";
  for (const BinaryOperator& each : binary_operators) all += std::string(each.example) + "\n";
  for (const BinaryOperator& each : other_operators) all += std::string(each.example) + "\n";
  for (const SampleField& field : sample_fields) {
    INFO(field.path);
    CHECK(all.find(field.path) != std::string::npos);
  }
}

}  // namespace tallymill::expression
