// Bundle the browser code with esbuild into chatgate/_built/assets, named by content, with a manifest.
// `node build.mjs` builds once, minified; `node build.mjs --watch` builds on every change, with source maps.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "..", "chatgate", "_built");
const assets = join(built, "assets");
const watch = process.argv.includes("--watch");

const ENTRIES = [
  { name: "document", entry: "src/document_page.css" },
  { name: "sha256", entry: "src/visitor/sha256_fallback.ts" },
  { name: "later", entry: "src/visitor/later/later.css" },
  { name: "push_worker", entry: "src/push_worker/main.ts" },
  { name: "visitor", entry: "src/visitor/main.tsx" },
  { name: "inbox", entry: "src/inbox/main.tsx" },
];

const shared = {
  absWorkingDir: here,
  bundle: true,
  write: false,
  minify: !watch,
  sourcemap: watch ? "inline" : false,
  target: ["es2022"],
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  metafile: true,
};

/** Write a file under a name that changes with its content. */
function emit(stem, extension, content, folder = "") {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const name = `${folder}${stem}-${hash}.${extension}`;
  mkdirSync(dirname(join(assets, name)), { recursive: true });
  writeFileSync(join(assets, name), content);
  return name;
}

/** Browser catalogs, made from the .po files before: { visitor: { pl: "i18n/visitor-pl-HASH.json" }, inbox: {...} }. */
function emitCatalogs() {
  const found = { visitor: {}, later: {}, inbox: {} };
  const folder = join(built, "i18n");
  for (const file of existsSync(folder) ? readdirSync(folder).sort() : []) {
    const stem = basename(file, ".json");
    const bundle = stem.slice(0, stem.indexOf("-"));
    const locale = stem.slice(stem.indexOf("-") + 1);
    if (bundle in found) found[bundle][locale] = emit(stem, "json", readFileSync(join(folder, file)), "i18n/");
  }
  return found;
}

async function bundle(name, entry, catalogs, known) {
  const result = await esbuild.build({
    ...shared,
    entryPoints: { [name]: entry },
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    outdir: assets,
    format: "esm",
    splitting: true,
    external: ["/assets/*"],
    define: {
      CHATGATE_CATALOGS: JSON.stringify(catalogs[name] ?? {}),
      CHATGATE_LATER: JSON.stringify(name === "visitor" ? catalogs.later : {}),
      CHATGATE_LATER_CSS: JSON.stringify(`/assets/${known["later.css"]}`),
      CHATGATE_SHA256: JSON.stringify(`/assets/${known["sha256.js"]}`),
    },
  });
  const files = {};
  const kept = [];
  for (const output of result.outputFiles) {
    const file = basename(output.path);
    writeFileSync(output.path, output.contents);
    kept.push(file);
    if (file.startsWith(`${name}-`)) files[`${name}.${file.split(".").at(-1)}`] = file;
  }
  // What the entry needs before it can run is named in the page, so that it is not found out one file after another.
  files[`${name}.preload`] = staticImports(result.metafile.outputs, files[`${name}.js`] ?? "").join(" ");
  return { files, kept, inputs: Object.keys(result.metafile.inputs) };
}

function staticImports(outputs, entry) {
  const found = Object.entries(outputs).find(([path]) => basename(path) === entry);
  return (found?.[1].imports ?? [])
    .filter((one) => one.kind === "import-statement" && !one.external)
    .map((one) => basename(one.path));
}

/**
 * The loader's style as a text in its script, with the values of tokens.css in place of the tokens: the one file that
 * names colours stays the one file, and the shop's page gets no second request.
 */
const loaderStyle = {
  name: "loader-style",
  setup(build) {
    build.onLoad({ filter: /loader\.css$/ }, async ({ path }) => {
      const tokens = tokenValues(readFileSync(join(here, "src/shared/tokens.css"), "utf8"));
      const text = resolveTokens(readFileSync(path, "utf8"), tokens);
      const { code } = await esbuild.transform(text, { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

function tokenValues(css) {
  const values = new Map();
  for (const [, name, value] of css.matchAll(/(--[\w-]+):\s*([^;]+);/g)) if (!values.has(name)) values.set(name, value);
  return values;
}

function resolveTokens(css, tokens) {
  const next = css.replace(/var\((--[\w-]+)\)/g, (whole, name) => tokens.get(name) ?? whole);
  return next === css ? css : resolveTokens(next, tokens);
}

/** The loader keeps its name: the server fills in the site's data at __CHATGATE_SITE__ and gives it an ETag. */
async function bundleLoader() {
  const result = await esbuild.build({
    ...shared,
    entryPoints: { loader: "src/loader/main.ts" },
    outdir: assets,
    format: "iife",
    plugins: [loaderStyle],
  });
  writeFileSync(join(assets, "loader.js"), result.outputFiles[0].contents);
  copyFileSync(join(here, "src/loader/chatgate.d.ts"), join(assets, "chatgate.d.ts"));
  return { files: { "loader.js": "loader.js" }, kept: ["chatgate.d.ts"], inputs: Object.keys(result.metafile.inputs) };
}

/** The example store's own script keeps its name: static pages import it. It proves the gate with the stock client. */
async function bundleStore() {
  const result = await esbuild.build({
    ...shared,
    entryPoints: { without_consent: "src/store/without_consent.ts" },
    outdir: join(built, "store"),
    format: "esm",
  });
  mkdirSync(join(built, "store"), { recursive: true });
  for (const output of result.outputFiles) writeFileSync(output.path, output.contents);
  return { files: {}, inputs: Object.keys(result.metafile.inputs) };
}

async function buildAll() {
  const started = performance.now();
  const before = new Set(listAssets());
  const catalogs = emitCatalogs();
  const parts = [await bundleLoader(), await bundleStore()];
  const manifest = { ...parts[0].files };
  for (const [locale, file] of Object.entries(catalogs.visitor)) manifest[`visitor.${locale}.json`] = file;
  for (const { name, entry } of ENTRIES) {
    const part = await bundle(name, entry, catalogs, manifest);
    Object.assign(manifest, part.files);
    parts.push(part);
  }
  writeFileSync(join(built, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const kept = new Set([
    ...Object.values(manifest),
    ...Object.values(catalogs).flatMap(Object.values),
    ...parts.flatMap((part) => part.kept ?? []),
  ]);
  for (const name of before) if (!kept.has(name)) rmSync(join(assets, name), { force: true });
  console.log(`browser code built in ${Math.round(performance.now() - started)} ms`);
  return parts.flatMap((part) => part.inputs);
}

function listAssets() {
  mkdirSync(assets, { recursive: true });
  return readdirSync(assets, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name).slice(assets.length + 1));
}

/** Rebuild when a source file changes; a mistake in one is printed and waited out. */
async function watchAll() {
  const { watch: watchFolder } = await import("node:fs");
  let timer;
  const rebuild = () => {
    clearTimeout(timer);
    timer = setTimeout(() => buildAll().catch(() => {}), 60);
  };
  watchFolder(join(here, "src"), { recursive: true }, rebuild);
  if (existsSync(join(built, "i18n"))) watchFolder(join(built, "i18n"), rebuild);
}

await buildAll().catch((error) => {
  if (!watch) throw error;
});
if (watch) await watchAll();
