// One pipeline.

const stageCell = (milliseconds) => ({text: duration(milliseconds / 1000)});
const place = ({topic, partition}) => `${topic}/${partition}`;

function offsets(batch) {
  const shown = batch.ranges.map((range) => `${place(range)}: ${range.from} to ${range.to}`);
  const more = batch.partitions - shown.length;
  return shown.join("\n") + (more > 0 ? `\nand ${more} more partitions, in the ledger` : "");
}

function showBatches(batches) {
  drawTimeline("timeline", batches);
  legend("timeline-legend", [
    {kind: "fold", text: "fold: from its first record to its cut"},
    {kind: "wait", text: "wait for the writer"},
    {kind: "upsert", text: "upsert"},
    {kind: "commit", text: "commit"},
  ]);
  fillTable("batches", batches.toReversed().map((batch) => ({
    key: batch.id,
    cells: [
      {text: String(batch.sequence)},
      {text: batch.id, kind: "mono"},
      {text: offsets(batch), kind: "lines mono"},
      {text: clock(batch.committed_at)},
      {text: count(batch.read)},
      {text: count(batch.skipped)},
      {text: count(batch.rejected), kind: batch.rejected > 0 ? "warn" : ""},
      {text: count(batch.rows)},
      ...stages.map((stage) => stageCell(batch[`${stage}_ms`])),
    ],
  })), "no batch was committed since this process began");
}

function showLatency({minutes, latency_seconds: hour}) {
  const names = [["p50", "first"], ["p95", "second"], ["p99", "third"]];
  drawMinutes("latency", minutes,
              names.map(([name, kind]) => ({name, kind, of: (minute) => minute.latency_seconds[name]})), duration);
  legend("latency-legend", [
    ...names.map(([name, kind]) => ({kind, text: `${name}: ${duration(hour[name])}`})),
    {text: `${count(hour.records)} records`},
  ]);
}

function showRates(history) {
  const series = [{name: "records", kind: "first"}, {name: "rows", kind: "second"}];
  // The minute that goes on is not over: it would look like a fall.
  const over = history.minutes.filter(({ago}) => ago > 0);
  drawMinutes("rates", over, series.map(({name, kind}) => ({name, kind, of: (minute) => minute[name] / 60})), rate);
  legend("rates-legend", series.map(({name, kind}) => (
    {kind, text: `${name}: ${rate(history[`${name}_per_second`])} a second in the last minute`})));
}

function showErrors(errors) {
  const kinds = {stopped: "bad", waiting: "warn", dropped: "warn"};
  fillTable("errors", errors.map(({kind, code, message, what_to_do, times, last}) => ({
    key: `${kind} ${code}`,
    cells: [
      {text: clock(last)},
      {text: code ? `${kind}: ${code}` : kind, kind: kinds[kind]},
      {text: count(times)},
      {text: message, kind: "long"},
      {text: what_to_do, kind: "long"},
    ],
  })), "none since this process began");
}

// A sample is shown as text, direction marks kept inside.
function sample(letter) {
  const target = letter.aggregation ? `, ${letter.aggregation}` : "";
  const line = (name, text) => text === null ? [] : [element("bdi", {className: "mono"}, `${name}: ${text}`)];
  return element("div", {className: "sample"}, `${place(letter)} offset ${letter.offset}${target}: ${letter.message}`,
                 ...line("key", letter.key), ...line("value", letter.value));
}

function showLetters(letters) {
  fillTable("letters", letters.map(({reason, count: number, last, samples}) => ({
    key: reason,
    cells: [
      {text: reason, kind: "warn"},
      {text: count(number)},
      {text: clock(last)},
      samples.length
        ? {text: JSON.stringify(samples), kind: "long", parts: samples.map(sample)}
        : {text: "tallymill dead-letters list", kind: "nothing"},
    ],
  })), "none since this process began");
}

function showInstances(instances) {
  fillTable("instances", instances.map((one, i) => ({
    key: `${i} ${one.instance}`,
    cells: [
      {text: one.instance, kind: "long"},
      {text: one.state},
      {text: one.holds_lease ? "holds it" : ""},
      {text: `${duration(Math.max(one.seen_ms_ago, 0) / 1000)} ago`},
      {text: one.version},
      {text: one.same_revision ? "as this one's" : "another", kind: one.same_revision ? "" : "warn"},
    ],
  })), "not known yet");
}

function showPartitions(pipeline) {
  fillTable("partitions", pipeline.partitions.map((partition) => ({
    key: place(partition),
    cells: [
      {text: place(partition)},
      {text: String(partition.next_offset)},
      {text: partition.end_offset === null ? "not known" : String(partition.end_offset)},
      {text: count(partition.lag)},
    ],
  })), "known to the instance that counts");
}

function showLookups(lookups) {
  fillTable("lookups", lookups.map(({name, age_seconds, failure}) => ({
    key: name,
    cells: [
      {text: name},
      {text: duration(age_seconds), kind: failure ? "warn" : ""},
      {text: failure, kind: "long"},
    ],
  })), "none, or known to the instance that counts");
}

function showDetail(pipeline, history) {
  setText(byId("h-details"), `Pipeline ${pipeline.name}: ${stateOf(pipeline).text}`);
  setText(byId("explained"), [pipeline.detail, pipeline.trouble].filter(Boolean).join("\n"));
  showBatches(history.batches);
  showLatency(history);
  showRates(history);
  showErrors(history.errors);
  showLetters(history.letters);
  showInstances(pipeline.instances);
  showPartitions(pipeline);
  showLookups(pipeline.lookups);
}
