// Checks the journal in the reader's own browser: nothing is asked of the city but the log's files.
// The same rules as core/tlog: RFC 9162, C2SP tlog-tiles, signed-note and tlog-proof.
const checker = document.getElementById("checker");
const verdict = document.getElementById("verdict");
const progress = checker.querySelector("progress");
const text = new TextDecoder(), bytes = new TextEncoder();

const sha = async (...parts) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));
const leaf = (entry) => sha(Uint8Array.of(0), entry);
const node = (left, right) => sha(Uint8Array.of(1), left, right);
const base64 = (coded) => Uint8Array.from(atob(coded), (letter) => letter.charCodeAt(0));
const hex = (data) => [...data].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const same = (one, other) => one.length === other.length && one.every((byte, i) => byte === other[i]);

const fetched = async (path) => {
  const answer = await fetch(checker.dataset.log + path, { cache: "no-store" });
  if (!answer.ok) throw new Trouble("unread", { path });
  return new Uint8Array(await answer.arrayBuffer());
};

class Trouble extends Error {
  constructor(said, values = {}) {
    super(said);
    this.values = values;
  }
}

// Texts stand in the page, in the reader's language.
const say = (name, values = {}) => {
  const told = checker.querySelector(`template[data-say="${name}"]`).content.textContent;
  verdict.textContent = told.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  verdict.dataset.verdict = name;
};

// The head of a signed note, if the city's key signed it.
const head = async (note) => {
  const at = note.lastIndexOf("\n\n"), body = note.slice(0, at + 1);
  const [origin, size, root] = body.split("\n");
  const [name, id, coded] = checker.dataset.key.split("+");
  const key = base64(coded);
  const line = note.slice(at + 2).split("\n").find((each) => each.startsWith(`— ${name} `));
  if (at < 0 || origin !== name || key[0] !== 1 || !line) throw new Trouble("unsigned");
  const signature = base64(line.split(" ")[2]);
  const trusted = await crypto.subtle.importKey("raw", key.slice(1), "Ed25519", false, ["verify"]);
  const fits = await crypto.subtle.verify("Ed25519", trusted, signature.slice(4), bytes.encode(body));
  if (hex(signature.slice(0, 4)) !== id || !fits) throw new Trouble("unsigned");
  return { size: Number(size), root: base64(root) };
};

const bundle = (number, width) => {
  const digits = String(number);
  const parts = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g);
  const place = parts.map((part, i) => (i < parts.length - 1 ? `x${part}` : part)).join("/");
  return `tile/entries/${place}${width < 256 ? `.p/${width}` : ""}`;
};

const unpacked = (data, path, width) => {
  const entries = [], view = new DataView(data.buffer);
  for (let at = 0; at < data.length; ) {
    if (at + 2 > data.length) throw new Trouble("broken", { path });
    const end = at + 2 + view.getUint16(at);
    if (end > data.length) throw new Trouble("broken", { path });
    entries.push(data.slice(at + 2, end));
    at = end;
  }
  if (entries.length !== width) throw new Trouble("broken", { path });
  return entries;
};

// The root over all entries: whole subtrees from the left, the smallest last.
const rootOf = async (size) => {
  const trees = [];
  for (let first = 0; first < size; first += 256) {
    const width = Math.min(256, size - first), path = bundle(first / 256, width);
    for (const entry of unpacked(await fetched(path), path, width)) {
      let tree = { hash: await leaf(entry), height: 0 };
      while (trees.at(-1)?.height === tree.height)
        tree = { hash: await node(trees.pop().hash, tree.hash), height: tree.height + 1 };
      trees.push(tree);
    }
    progress.value = (first + width) / size;
  }
  let root = trees.length ? trees.pop().hash : await sha();
  while (trees.length) root = await node(trees.pop().hash, root);
  return root;
};

const checkLog = async () => {
  const { size, root } = await head(text.decode(await fetched("checkpoint")));
  if (!same(await rootOf(size), root)) throw new Trouble("changed");
  say("whole", { size, root: hex(root) });
};

const checkProof = async (proof) => {
  const at = proof.indexOf("\n\n"), lines = proof.slice(0, at).split("\n");
  if (lines.shift() !== "c2sp.org/tlog-proof@v1" || !lines[0]?.startsWith("extra "))
    throw new Trouble("noproof");
  const entry = base64(lines.shift().slice("extra ".length));
  const index = Number(lines.shift().slice("index ".length));
  const { size, root } = await head(proof.slice(at + 2));
  let place = index, last = size - 1, found = await leaf(entry);
  for (const step of lines.map(base64)) {
    if (!last) throw new Trouble("changed");
    if (place % 2 || place === last) {
      found = await node(step, found);
      while (place && place % 2 === 0) (place /= 2), (last = Math.floor(last / 2));
    } else found = await node(found, step);
    (place = Math.floor(place / 2)), (last = Math.floor(last / 2));
  }
  if (last || index >= size || !same(found, root)) throw new Trouble("changed");
  say("proved", { index, entry: text.decode(entry) });
};

const attempt = async (check) => {
  progress.hidden = false;
  progress.removeAttribute("value");
  say("checking");
  try {
    await check();
  } catch (trouble) {
    if (trouble instanceof Trouble) say(trouble.message, trouble.values);
    else say(trouble instanceof TypeError ? "unread" : "noproof", { path: checker.dataset.log });
  } finally {
    progress.hidden = true;
  }
};

const canCheck = globalThis.crypto?.subtle
  ? crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]).then(() => true, () => false)
  : Promise.resolve(false);
canCheck.then((can) => {
  if (!can) return say("unable");
  checker.querySelector("[data-controls]").hidden = false;
  document.getElementById("check-log").addEventListener("click", () => attempt(checkLog));
  document.getElementById("check-proof").addEventListener("change", ({ target }) => {
    const [file] = target.files;
    if (file) attempt(async () => checkProof(await file.text())).then(() => (target.value = ""));
  });
});
