// Asks the daemon again and again, and says when it does not answer.

const period = 2000;
const patience = 5000;

let version = null;
let looked = null;  // The pipeline that was chosen last.
let states = new Map();
let answeredAt = null;
let timer = 0;
let asking = false;
let wanted = false;

async function ask(path) {
  const answer = await fetch(path, {cache: "no-store", signal: AbortSignal.timeout(patience)});
  if (!answer.ok) throw new Error(`it answers with status ${answer.status}`);
  return answer.json();
}

function chosen(all) {
  const link = all.find(({name}) => pipelineLink(name) === location.hash);
  if (link) looked = link.name;  // Other places of the page, too, are links.
  return all.find(({name}) => name === looked) ?? all[0];
}

function tellChanges(all) {
  const changes = all.filter(({name, state}) => states.has(name) && states.get(name) !== state)
    .map(({name, state}) => `${name}: ${state}, was ${states.get(name)}`);
  states = new Map(all.map(({name, state}) => [name, state]));
  if (changes.length) setText(byId("news"), `${clock(Date.now())} ${changes.join("; ")}`);
}

function answered() {
  answeredAt = Date.now();
  document.body.classList.remove("away");
  setText(byId("connection"), "The daemon answers.");
  setText(byId("updated"), `as of ${clock(answeredAt)}`);
}

function away() {
  document.body.classList.add("away");
  const since = answeredAt === null ? "" : ` since ${clock(answeredAt)}; what is shown is as it was then`;
  setText(byId("connection"), `The daemon does not answer${since}. Asking again every ${period / 1000} seconds.`);
}

async function refresh() {
  wanted = asking;
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  let found = null;
  try {
    const status = await ask("api/status");
    const pipeline = chosen(status.pipelines);
    const history = pipeline ? await ask(`api/pipelines/${encodeURIComponent(pipeline.name)}`) : null;
    found = {status, pipeline, history};
  } catch {
    away();
  }
  asking = false;
  if (wanted) return refresh();
  if (!document.hidden) timer = setTimeout(refresh, period);
  if (found) display(found);
}

function display({status, pipeline, history}) {
  // Another version may speak of other things than this script knows.
  if (version !== null && version !== status.version) return location.reload();
  version = status.version;
  answered();
  tellChanges(status.pipelines);
  showOverview(status, pipeline?.name);
  if (pipeline) showDetail(pipeline, history);
}

addEventListener("hashchange", refresh);
document.addEventListener("visibilitychange", refresh);
refresh();
