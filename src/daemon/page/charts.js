// Charts are drawn anew each time; what they show stands in words beside them.

const chartHeight = 100;

function show(id, most, from, to, label, ...shapes) {
  const picture = drawn("svg", {viewBox: `0 0 1000 ${chartHeight}`, preserveAspectRatio: "none", role: "img",
                                "aria-label": label}, ...shapes);
  byId(id).replaceChildren(
    element("span", {className: "most"}, most), picture,
    element("div", {className: "axis"}, element("span", {}, from), element("span", {}, to)));
}

function legend(id, entries) {
  byId(id).replaceChildren(...entries.map(({kind, text}) => element(
    "span", {}, ...(kind ? [drawn("svg", {viewBox: "0 0 10 10", "aria-hidden": "true"},
                                  drawn("rect", {width: 10, height: 10, class: kind}))] : []), text)));
}

// Lines over the last hour's minutes. A series is {name, kind, of}: `of` reads a minute's value, null
// where there is none.
function drawMinutes(id, minutes, series, format) {
  const values = series.flatMap(({of}) => minutes.map(of)).filter((value) => value !== null);
  const most = Math.max(0, ...values);
  const x = (ago) => (59 - ago) / 59 * 1000;
  const y = (value) => chartHeight - 2 - (most > 0 ? value / most : 0) * (chartHeight - 4);
  const shapes = series.map(({kind, of}) => {
    let path = "";
    let last = null;  // The minute before: a line does not run over one that is missing.
    for (const minute of minutes) {
      const value = of(minute);
      if (value === null) continue;
      const joined = last !== null && last - minute.ago === 1;
      path += `${joined ? "L" : "M"}${x(minute.ago)} ${y(value)}${joined ? "" : "h.1"}`;
      last = minute.ago;
    }
    return drawn("path", {d: path || "M0 0", class: `line ${kind}`});
  });
  const names = series.map(({name}) => name).join(", ");
  show(id, values.length ? `most: ${format(most)}` : "nothing yet", "1 h ago", "now",
       `${names} by minute; most: ${format(most)}`, ...shapes);
}

const stages = ["fold", "wait", "upsert", "commit"];
const flush = (batch) => batch.wait_ms + batch.upsert_ms + batch.commit_ms;

// Above, from each batch's first record to its cut; below, how long it then took until it was durable.
function drawTimeline(id, batches) {
  if (batches.length === 0) return show(id, "no batches yet", "", "", "no batches yet");
  const end = (batch) => Date.parse(batch.committed_at);
  const cut = (batch) => end(batch) - flush(batch);
  const from = Math.min(...batches.map((batch) => cut(batch) - batch.fold_ms));
  const to = Math.max(...batches.map(end));
  const scale = 990 / Math.max(to - from, 1);
  const longest = Math.max(...batches.map(flush), 0.001);
  const width = Math.min(12, Math.max(3, 600 / batches.length));
  const groups = batches.map((batch) => {
    const place = (cut(batch) - from) * scale;
    const fold = Math.max(batch.fold_ms * scale - 1, 1);
    const shapes = [drawn("rect", {class: "fold", x: place - fold, y: 0, width: fold, height: 22})];
    let top = chartHeight;
    for (const stage of stages.slice(1)) {
      const height = batch[`${stage}_ms`] / longest * 70;
      top -= height;
      shapes.push(drawn("rect", {class: stage, x: place, y: top, width, height}));
    }
    const words = `batch ${batch.sequence}: ` +
      stages.map((stage) => `${stage} ${duration(batch[`${stage}_ms`] / 1000)}`).join(", ");
    return drawn("g", {}, drawn("title", {}, words), ...shapes);
  });
  show(id, `longest from cut to durable: ${duration(longest / 1000)}`, clock(from), clock(to),
       `the last ${batches.length} batches; longest from cut to durable: ${duration(longest / 1000)}`, ...groups);
}
