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
const worded = (name, values) => {
  const told = checker.querySelector(`template[data-say="${name}"]`).content.textContent;
  return told.replace(/\{(\w+)\}/g, (_, key) => values[key]);
};
const say = (name, values = {}) => {
  verdict.textContent = worded(name, values);
  verdict.dataset.verdict = name;
};
const tell = (witnesses) => {
  const { lang } = document.documentElement, form = { dateStyle: "long", timeStyle: "short" };
  for (const { name, at } of witnesses)
    verdict.append(` ${worded("cosigned", { name, at: at.toLocaleString(lang, form) })}`);
};

// A public key as text; Base64 has plus signs, too.
const keyIn = (text) => {
  const [, name, id, coded] = text.match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/);
  const [kind, ...material] = base64(coded);
  return { name, id, kind, material: Uint8Array.from(material) };
};

// What this key signed below the note: nothing if it did not, and Trouble if its signature is wrong.
const signatureOf = (key, below) => {
  const lines = below.split("\n").filter((each) => each.startsWith(`— ${key.name} `));
  const values = lines.map((line) => base64(line.split(" ")[2]));
  return values.find((value) => hex(value.slice(0, 4)) === key.id)?.slice(4);
};
const fits = async (key, signature, message) => {
  const trusted = await crypto.subtle.importKey("raw", key.material, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", trusted, signature, bytes.encode(message));
};

// Which witnesses countersigned the text, and when: cosignature/v1 begins with its time, in 8 bytes.
const cosigners = async (body, below) => {
  const found = [];
  for (const key of checker.dataset.witnesses.split(" ").filter(Boolean).map(keyIn)) {
    const value = signatureOf(key, below);
    if (!value || key.kind !== 4) continue;
    const time = new DataView(value.buffer).getBigUint64(0);
    if (!(await fits(key, value.slice(8), `cosignature/v1\ntime ${time}\n${body}`)))
      throw new Trouble("unsigned");
    found.push({ name: key.name, at: new Date(Number(time) * 1000) });
  }
  return found;
};

// The head of a signed note, if the city's key signed it.
const head = async (note) => {
  const at = note.lastIndexOf("\n\n"), body = note.slice(0, at + 1), below = note.slice(at + 2);
  const [origin, size, root] = body.split("\n"), key = keyIn(checker.dataset.key);
  const signature = signatureOf(key, below);
  if (at < 0 || origin !== key.name || key.kind !== 1 || !signature) throw new Trouble("unsigned");
  if (!(await fits(key, signature, body))) throw new Trouble("unsigned");
  return { size: Number(size), root: base64(root), witnesses: await cosigners(body, below) };
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
  const { size, root, witnesses } = await head(text.decode(await fetched("checkpoint")));
  if (!same(await rootOf(size), root)) throw new Trouble("changed");
  say("whole", { size, root: hex(root) });
  tell(witnesses);
};

// Beside a proof stands the entry, or what opens its seal: a text and the salt it was sealed with.
const opened = async (shown) => {
  const { said, salt } = JSON.parse(text.decode(shown)).opens ?? {};
  if (said === undefined) return { entry: shown, said: text.decode(shown) };
  const key = Uint8Array.from(salt.match(/../g), (byte) => parseInt(byte, 16));
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const secret = await crypto.subtle.importKey("raw", key, hmac, false, ["sign"]);
  const seal = hex(new Uint8Array(await crypto.subtle.sign("HMAC", secret, bytes.encode(said))));
  return { entry: bytes.encode(JSON.stringify({ act: JSON.parse(said).act, seal })), said };
};

const checkProof = async (proof) => {
  const at = proof.indexOf("\n\n"), lines = proof.slice(0, at).split("\n");
  if (lines.shift() !== "c2sp.org/tlog-proof@v1" || !lines[0]?.startsWith("extra "))
    throw new Trouble("noproof");
  const shown = base64(lines.shift().slice("extra ".length));
  const { entry, said } = await opened(shown);
  const index = Number(lines.shift().slice("index ".length));
  const { size, root, witnesses } = await head(proof.slice(at + 2));
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
  say("proved", { index, entry: said });
  tell(witnesses);
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
