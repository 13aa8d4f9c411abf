// What `tallymill status` says, as text and as JSON.

#include <algorithm>

#include "daemon/status_json.h"
#include "daemon/status_text.h"
#include "support/catch.h"

namespace tallymill {

using namespace std::chrono_literals;

namespace {

constexpr Timestamp at{1'767'225'600'250'000};

StatusReport counting() {
  PipelineReport pipeline;
  pipeline.name = "ads";
  pipeline.wanted = "running";
  pipeline.instance = "one";
  pipeline.last_batch = 7;
  pipeline.last_commit = at;
  pipeline.since_last_commit = 1'300ms;
  pipeline.batches = {{7, "7f", at, 10, 9, 0, 1, 3, 200, 1.6}};
  pipeline.instances = {{"one", "running", "1", true, 400ms, true}, {"two", "standby", "2", false, 0ms, false}};
  pipeline.checkpoints = {{"events", 0, "170141183460469231731687303715884105728"}};
  return {at, {pipeline}};
}

}  // namespace

TEST_CASE("the state is what the holder says, unless somebody wants it paused or it is gone") {
  PipelineReport pipeline = counting().pipelines.front();
  CHECK(pipeline.state() == "running");
  pipeline.instances.front().seen_ago = 11s;
  CHECK(pipeline.state() == "silent");
  pipeline.wanted = "paused";
  CHECK(pipeline.state() == "paused");
  pipeline.wanted = "running";
  pipeline.instances.erase(pipeline.instances.begin());
  CHECK(pipeline.state() == "nobody");
  pipeline.instances.clear();
  CHECK(pipeline.state() == "nobody");
}

TEST_CASE("an instance that was killed is shown as silent, as text and as JSON") {
  StatusReport report = counting();
  report.pipelines.front().instances.back() = {"two", "running", "2", false, 10'001ms, true};
  CHECK_THAT(status_text(report, false, 0), Catch::Contains("ads       two       silent   no"));
  CHECK_THAT(report_json(report), Catch::Contains(R"({"instance":"two","state":"silent")"));
}

TEST_CASE("the text has a table each of pipelines, batches, instances and checkpoints") {
  CHECK(status_text(counting(), false, 0) ==
        "PIPELINE  STATE    INSTANCE  BATCH  COMMITTED               AGO  RECORDS  DEAD LETTERS  GAPS\n"
        "ads       running  one           7  2026-01-01T00:00:00Z  1.3 s       10             0     0\n"
        "\n"
        "PIPELINE  BATCH  COMMITTED             READ  SKIPPED  REJECTED  ROWS    FOLD  WAIT  ID\n"
        "ads           7  2026-01-01T00:00:00Z    10        0         1     3  200 ms  2 ms  7f\n"
        "\n"
        "PIPELINE  INSTANCE  STATE    HOLDS IT    SEEN  VERSION  CONFIG\n"
        "ads       one       running  yes       400 ms  1        same\n"
        "ads       two       standby  no          0 ms  2        differs\n"
        "\n"
        "PIPELINE  TOPIC   PARTITION                              NEXT OFFSET\n"
        "ads       events          0  170141183460469231731687303715884105728\n");
}

TEST_CASE("the text has colours only where they are wanted") {
  CHECK_THAT(status_text(counting(), true, 0), Catch::Contains("\x1b[32mrunning"));
  CHECK_THAT(status_text(counting(), false, 0), !Catch::Contains("\x1b"));
}

TEST_CASE("the JSON is one line with everything that the text has") {
  const std::string text = report_json(counting());
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
  CHECK(text.back() == '\n');
  CHECK_THAT(text, Catch::StartsWith(R"({"at":"2026-01-01T00:00:00.25Z","pipelines":[{"name":"ads","state":)"
                                     R"("running","wanted":"running","instance":"one","last_batch":7,)"));
  CHECK_THAT(text, Catch::Contains(R"("since_last_commit_ms":1300)") && Catch::Contains(R"("id":"7f")") &&
                       Catch::Contains(R"("next_offset":170141183460469231731687303715884105728)"));
}

TEST_CASE("what is not known is null in JSON and a dash in text") {
  StatusReport report = counting();
  PipelineReport& pipeline = report.pipelines.front();
  pipeline.last_commit.reset();
  pipeline.since_last_commit.reset();
  pipeline.batches.clear();
  pipeline.instances.back().same_revision.reset();
  CHECK_THAT(report_json(report), Catch::Contains(R"("last_commit":null,"since_last_commit_ms":null)") &&
                                      Catch::Contains(R"("same_revision":null)"));
  CHECK_THAT(status_text(report, false, 0), Catch::Contains("7  -            -        -"));
}

TEST_CASE("a pipeline of the configuration that never ran is in its place by name") {
  StatusReport report = counting();
  for (const char* name : {"zoo", "ads", "aardvarks"}) report.expect(name);
  CHECK_THAT(status_text(report, false, 0),
             Catch::Contains("\naardvarks  never ran  -             -  -                         -        -             0     0\n"
                             "ads        running    one           7  ") &&
                 Catch::Contains("\nzoo        never ran  -"));
  CHECK_THAT(report_json(report), Catch::Contains(R"({"name":"aardvarks","state":"never ran","wanted":"running",)"
                                                  R"("instance":"","last_batch":0,"last_commit":null,)"));
  CHECK(report.pipelines.size() == 3);
}

TEST_CASE("a look that failed is a line of JSON, too") {
  CHECK(report_json(Error(Reaction::retry, "connecting to Postgres: refused"), at) ==
        "{\"at\":\"2026-01-01T00:00:00.25Z\",\"error\":\"connecting to Postgres: refused\"}\n");
}

}  // namespace tallymill
