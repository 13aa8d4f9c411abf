// All pipelines, a line each.

const pipelineLink = (name) => `#pipeline/${encodeURIComponent(name)}`;

function lagOf(pipeline) {
  const lags = pipeline.partitions.map(({lag}) => lag);
  return lags.length === 0 || lags.includes(null) ? null : lags.reduce((sum, lag) => sum + lag, 0);
}

// The state in a word, and how bad it is.
function stateOf(pipeline) {
  if (pipeline.state === "stopped") return {text: "stopped", kind: "bad"};
  if (pipeline.trouble) return {text: `${pipeline.state}, waiting`, kind: "warn"};
  return {text: pipeline.state, kind: pipeline.state === "running" ? "good" : ""};
}

// Only the instance that counts knows how things stand.
const counts = (pipeline) => pipeline.state === "running";

function countedBy(pipeline, own) {
  const holder = pipeline.instances.find(({holds_lease}) => holds_lease);
  const ready = pipeline.instances.filter(({state}) => state === "standby").length;
  const name = !holder ? "nobody" : holder.instance === own ? `${own} (this one)` : holder.instance;
  return ready ? `${name}; ${ready} standing by` : name;
}

function showOverview(status, chosen) {
  setText(byId("who"), `instance ${status.instance}, version ${status.version}`);
  const rows = status.pipelines.map((pipeline) => {
    const {records_per_second, rows_per_second, latency_seconds, dead_letters} = pipeline;
    return {
      key: pipeline.name,
      current: pipeline.name === chosen,
      cells: [
        {text: pipeline.name, href: pipelineLink(pipeline.name)},
        stateOf(pipeline),
        {text: duration(pipeline.checkpoint_age_seconds)},
        {text: counts(pipeline) ? count(lagOf(pipeline)) : "\u2013"},
        {text: rate(records_per_second)},
        {text: rate(rows_per_second)},
        {text: duration(latency_seconds.p50)},
        {text: duration(latency_seconds.p99)},
        {text: count(dead_letters), kind: dead_letters > 0 ? "warn" : ""},
        {text: countedBy(pipeline, status.instance)},
      ],
    };
  });
  fillTable("pipelines", rows, "no pipelines");
  const wrong = status.pipelines.filter((pipeline) => stateOf(pipeline).kind.match(/bad|warn/)).length;
  document.title = wrong ? `(${wrong} of ${rows.length} in trouble) Tallymill` : "Tallymill";
}
