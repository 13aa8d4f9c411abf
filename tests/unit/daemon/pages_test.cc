#include "daemon/pages.h"

#include "support/catch.h"

namespace tallymill {
namespace {

PipelineStatus counting() {
  PipelineStatus status;
  status.name = "ads";
  status.state = PipelineState::running;
  status.last_sequence = 7;
  status.last_id = "7f";
  status.partitions = {{{"events", Partition(0)}, Offset(5), Offset(8)},
                       {{"events", Partition(1)}, Offset(3), std::nullopt}};
  return status;
}

HttpResponse ask(const std::string& path, std::vector<PipelineStatus> pipelines,
                 const ReloadReport& reload = {}) {
  const auto metrics = make_metrics_registry();
  const auto history = [&](const std::string& name) -> std::optional<HistoryView> {
    for (const PipelineStatus& one : pipelines) {
      if (one.name == name) return HistoryView();
    }
    return std::nullopt;
  };
  return make_pages({*metrics, "host", [&] { return pipelines; }, history, [&] { return reload; }})(path);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a process that lives says so whatever its pipelines do") {
  PipelineStatus stopped = counting();
  stopped.state = PipelineState::stopped;
  CHECK(ask("/healthz", {stopped}).status == 200);
}

TEST_CASE("ready is who counts without trouble, stands by, or was paused") {
  CHECK(ask("/readyz", {counting()}).status == 200);
  PipelineStatus status = counting();
  for (const auto state : {PipelineState::standby, PipelineState::paused}) {
    status.state = state;
    CHECK(ask("/readyz", {counting(), status}).status == 200);
  }
  for (const auto state : {PipelineState::starting, PipelineState::stopped}) {
    status.state = state;
    CHECK(ask("/readyz", {counting(), status}).status == 503);
  }
  PipelineStatus troubled = counting();
  troubled.trouble = "the source is away";
  const HttpResponse response = ask("/readyz", {troubled});
  CHECK(response.status == 503);
  CHECK(contains(response.body, "ads: running (the source is away)"));
}

TEST_CASE("a standby is ready while it could take over, and otherwise says why it could not") {
  PipelineStatus status = counting();
  status.state = PipelineState::standby;
  status.detail = "instance one is ahead";
  CHECK(contains(ask("/readyz", {status}).body, "ads: standby, ready (instance one is ahead)"));
  status.trouble = "the source is away";
  const HttpResponse response = ask("/readyz", {status});
  CHECK(response.status == 503);
  CHECK(contains(response.body, "ads: standby (instance one is ahead) (the source is away)"));
}

TEST_CASE("the status lists the instances of a pipeline and who holds it") {
  PipelineStatus status = counting();
  status.instances = {{"one", "s1", "running", "1", std::chrono::milliseconds(400), true, true, false},
                      {"two", "s2", "standby", "2", std::chrono::milliseconds(0), false, false, true}};
  const HttpResponse response = ask("/api/status", {status});
  CHECK(contains(response.body, R"({"instance":"one","state":"running","holds_lease":true,)"
                                R"("seen_ms_ago":400,"version":"1","same_revision":true})"));
  CHECK(contains(response.body, R"("instance":"two","state":"standby","holds_lease":false)"));
}

TEST_CASE("the status holds each partition's place, end and lag, null where not known") {
  const HttpResponse response = ask("/api/status", {counting()});
  CHECK(response.content_type == "application/json");
  CHECK(contains(response.body, R"("last_batch":7,"last_batch_id":"7f")"));
  CHECK(contains(response.body,
                 R"({"topic":"events","partition":0,"next_offset":5,"end_offset":8,"lag":3})"));
  CHECK(contains(response.body,
                 R"({"topic":"events","partition":1,"next_offset":3,"end_offset":null,"lag":null})"));
}

TEST_CASE("the status tells what the last reload came to") {
  CHECK(contains(ask("/api/status", {}).body,
                 R"("reload":{"result":"none","at":null,"under_way":false,"message":""})"));
  const ReloadReport rejected{3, 2, ReloadResult::rejected, "a.yaml:1:1: error: \"x\"\n",
                              WallTime(std::chrono::seconds(60))};
  CHECK(contains(ask("/api/status", {}, rejected).body,
                 R"("reload":{"result":"rejected","at":"1970-01-01T00:01:00Z","under_way":true,)"
                 R"("message":"a.yaml:1:1: error: \"x\"\u000a"})"));
  CHECK(contains(ask("/api/reload", {}, rejected).body, "requested 3\nanswered 2\nresult rejected\n"));
}

TEST_CASE("the status says how fresh a pipeline is and what it did lately") {
  PipelineStatus status = counting();
  status.checkpoint_age = 1.5;
  status.recent.records_per_second = 100;
  status.recent.latency = {40, 0.25, 0.5, 0.75};
  status.recent.dead_letters = 3;
  CHECK(contains(ask("/api/status", {status}).body,
                 R"("checkpoint_age_seconds":1.5,"records_per_second":100,"rows_per_second":0,)"
                 R"("latency_seconds":{"records":40,"p50":0.25,"p95":0.5,"p99":0.75},"dead_letters":3)"));
  CHECK(contains(ask("/api/status", {counting()}).body, R"("checkpoint_age_seconds":null)"));
}

TEST_CASE("the status says how old each lookup is, and why it was not read again") {
  PipelineStatus status = counting();
  status.lookups = {{"shops", std::chrono::milliseconds(90500), std::chrono::seconds(60), "there is no table \"x\""},
                    {"prices", std::chrono::milliseconds(250), std::chrono::seconds(1), ""}};
  CHECK(contains(ask("/api/status", {status}).body,
                 R"("lookups":[{"name":"shops","age_seconds":90.5,"failure":"there is no table \"x\""},)"
                 R"({"name":"prices","age_seconds":0.25,"failure":""}])"));
  CHECK(contains(ask("/api/status", {counting()}).body, R"("lookups":[])"));
}

TEST_CASE("each pipeline has its history, and no other name has one") {
  const HttpResponse response = ask("/api/pipelines/ads", {counting()});
  CHECK(response.content_type == "application/json");
  CHECK(contains(response.body, R"({"name":"ads",)"));
  for (const char* path : {"/api/pipelines/", "/api/pipelines/other", "/api/pipelines/ads/"}) {
    CHECK(ask(path, {counting()}).status == 404);
  }
}

TEST_CASE("a pipeline that is not there is answered as the API answers, with the name that was meant") {
  const HttpResponse near = ask("/api/pipelines/adds", {counting()});
  CHECK(near.status == 404);
  CHECK(near.content_type == "application/json");
  CHECK(near.body == "{\"error\":\"there is no pipeline adds; did you mean ads?\"}\n");
  CHECK(ask("/api/pipelines/<b>\"", {counting()}).body ==
        "{\"error\":\"there is no pipeline <b>\\\"; the pipelines are ads\"}\n");
}

TEST_CASE("whoever looks with a browser finds a page, and data may do nothing there") {
  CHECK(contains(ask("/", {counting()}).body, "<!doctype html>"));
  CHECK(ask("/api/status", {counting()}).security_policy == "default-src 'none'; frame-ancestors 'none'");
}

TEST_CASE("another path is answered with those there are") {
  const HttpResponse response = ask("/metric", {});
  CHECK(response.status == 404);
  CHECK(contains(response.body, "/metrics"));
}

}  // namespace tallymill
