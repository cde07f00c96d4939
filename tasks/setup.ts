/**
 * Makes sure that npm packages and TensorFlow's native library are there.
 * Does nothing, silently, when they are. Imports no package itself, so that it
 * runs before any is installed.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PACKAGE = `${ROOT}node_modules/@tensorflow/tfjs-node`;
const VERSION = config.imports["@tensorflow/tfjs-node"].split("@").at(-1);
const { os, arch } = Deno.build;
/** Outlives node_modules. */
const CACHE = `${ROOT}data/cache/tfjs-node-${VERSION}-${os}-${arch}`;
/** What the native library consists of, below the package and the cache. */
const PARTS = ["lib", "deps"];
/** Where tfjs-node's install script downloads from. */
const DOWNLOAD_HOST = "https://storage.googleapis.com";
const WHEEL = "tensorflow-cpu==2.15.1";
const SECONDS_TO_CONNECT = 15;
const MINUTES_TO_INSTALL = 10;

/** Something is missing that the user has to provide. */
class SetupError extends Error {}

function say(text: string) {
  console.error(`set-up: ${text}`);
}

function run(command: string, args: string[], minutes = MINUTES_TO_INSTALL) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: ROOT,
    encoding: "utf8",
    timeout: minutes * 60_000,
    maxBuffer: 2 ** 26,
  });
  return {
    ok: status === 0,
    found: (error as { code?: string } | undefined)?.code !== "ENOENT",
    output: `${stdout ?? ""}${stderr ?? ""}`.trim(),
  };
}

/** The line that says what went wrong, of all that a program printed. */
const complaint = (output: string) =>
  output.match(/.*\berror\b.*/i)?.[0].trim() ?? output.split("\n").at(-1);

function installPackages() {
  const npm = Object.entries(config.imports)
    .filter(([, source]) => source.startsWith("npm:"));
  if (npm.every(([name]) => existsSync(`${ROOT}node_modules/${name}`))) return;
  say("installing the npm packages in node_modules (about 90 MB to download)");
  const { ok, output } = run(Deno.execPath(), ["install", "--quiet"]);
  if (!ok) {
    throw new SetupError(
      `the npm packages could not be installed; is the npm registry reachable? (${
        complaint(output)
      })`,
    );
  }
}

const binding = (folder: string) => `${folder}/lib/napi-v8/tfjs_binding.node`;

async function installTensorFlow() {
  if (existsSync(binding(PACKAGE))) return;
  if (!existsSync(binding(CACHE))) {
    await Deno.mkdir(CACHE, { recursive: true });
    if (!await installAsPublished()) await installFromPyPI();
  }
  for (const part of PARTS) {
    await link(`${CACHE}/${part}`, `${PACKAGE}/${part}`);
  }
}

async function link(target: string, path: string) {
  await remove(path);
  await Deno.symlink(target, path, { type: "dir" });
}

async function remove(path: string) {
  await Deno.remove(path, { recursive: true }).catch(() => {});
}

/** tfjs-node's own install script, where its download is reachable. */
async function installAsPublished(): Promise<boolean> {
  try {
    await fetch(DOWNLOAD_HOST, {
      method: "HEAD",
      signal: AbortSignal.timeout(SECONDS_TO_CONNECT * 1000),
    });
  } catch {
    say(
      `${
        new URL(DOWNLOAD_HOST).host
      }, where TensorFlow's library comes from, ` +
        "cannot be reached; taking it from PyPI instead",
    );
    return false;
  }
  say("installing TensorFlow's native library (about 120 MB to download)");
  const { ok, output } = run(Deno.execPath(), [
    "install",
    "--quiet",
    `--allow-scripts=npm:@tensorflow/tfjs-node@${VERSION}`,
  ]);
  if (!ok || !existsSync(binding(PACKAGE))) {
    say(`its installer failed (${complaint(output)}); trying PyPI instead`);
    return false;
  }
  for (const part of PARTS) {
    await Deno.rename(`${PACKAGE}/${part}`, `${CACHE}/${part}`);
  }
  return true;
}

/**
 * The same library out of TensorFlow's Python package, and the package's own
 * binding compiled against it.
 */
async function installFromPyPI() {
  if (os !== "linux") {
    throw new SetupError(
      "TensorFlow's library could not be downloaded, and the way through PyPI works on Linux only",
    );
  }
  requireTools();
  const work = `${CACHE}/work`;
  await remove(work);
  await Deno.mkdir(work, { recursive: true });
  say("downloading TensorFlow's library from PyPI (about 210 MB)");
  const pip = run("python3", [
    ...["-m", "pip", "download", "--quiet", "--no-deps", "--dest", work],
    ...["--only-binary=:all:", "--python-version=3.11"],
    ...[`--platform=manylinux2014_${arch}`, WHEEL],
  ]);
  if (!pip.ok) {
    throw new SetupError(
      `pip could not download ${WHEEL}; is PyPI reachable? (${
        complaint(pip.output)
      })`,
    );
  }
  say(
    "unpacking it (650 MB in data/cache) and compiling the binding, a minute at most",
  );
  await unpack(work);
  compile(work);
  for (const part of PARTS) {
    await remove(`${CACHE}/${part}`);
    await Deno.rename(`${work}/${part}`, `${CACHE}/${part}`);
  }
  await remove(work);
}

function requireTools() {
  const needs = [
    [
      "python3",
      ["-m", "pip", "--version"],
      "Python 3 with pip (Debian: apt install python3-pip)",
    ],
    ["g++", ["--version"], "a C++ compiler (Debian: apt install g++)"],
  ] as const;
  const missing = needs.filter(([tool, args]) => !run(tool, [...args]).ok);
  if (missing.length > 0) {
    throw new SetupError(
      `TensorFlow's library has to be built here, which needs ${
        missing.map(([, , name]) => name).join(" and ")
      }; install that and run the task again`,
    );
  }
}

const UNPACK = `
import glob, sys, zipfile
work = sys.argv[1]
archive = zipfile.ZipFile(glob.glob(work + "/*.whl")[0])
keep = ("tensorflow/libtensorflow_cc.so", "tensorflow/libtensorflow_framework.so",
        "tensorflow/include/tensorflow/c", "tensorflow/include/tensorflow/core/platform",
        "tensorflow/include/tsl")
archive.extractall(work, [n for n in archive.namelist() if n.startswith(keep)])
`;

async function unpack(work: string) {
  const python = run("python3", ["-c", UNPACK, work]);
  if (!python.ok) {
    throw new SetupError(
      `the package from PyPI could not be unpacked; is there 1 GB of free disk? (${
        complaint(python.output)
      })`,
    );
  }
  await Deno.mkdir(`${work}/deps/lib`, { recursive: true });
  await Deno.mkdir(`${work}/lib/napi-v8`, { recursive: true });
  for (
    const name of ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"]
  ) {
    await Deno.rename(`${work}/tensorflow/${name}`, `${work}/deps/lib/${name}`);
  }
}

function compile(work: string) {
  const gxx = run("g++", [
    ...["-std=c++17", "-O2", "-fPIC", "-shared", "-DNAPI_VERSION=8"],
    `-I${ROOT}node_modules/node-api-headers/include`,
    `-I${work}/tensorflow/include`,
    `${PACKAGE}/binding/tfjs_backend.cc`,
    `${PACKAGE}/binding/tfjs_binding.cc`,
    `${work}/deps/lib/libtensorflow_cc.so.2`,
    `${work}/deps/lib/libtensorflow_framework.so.2`,
    "-Wl,-rpath,$ORIGIN/../../deps/lib",
    ...["-o", binding(work)],
  ]);
  if (!gxx.ok) {
    throw new SetupError(
      `TensorFlow's binding did not compile (${complaint(gxx.output)})`,
    );
  }
}

/** Two tasks started at once must not build in the same folder. */
async function alone(work: () => Promise<void>) {
  await Deno.mkdir(`${ROOT}data/cache`, { recursive: true });
  using file = await Deno.open(`${ROOT}data/cache/setup.lock`, {
    create: true,
    write: true,
  });
  await file.lock(true);
  await work();
}

if (import.meta.main) {
  try {
    const before = performance.now();
    await alone(async () => {
      installPackages();
      await installTensorFlow();
    });
    const seconds = (performance.now() - before) / 1000;
    if (seconds > 2) {
      say(`done in ${seconds.toFixed(0)} s; the next run skips it`);
    }
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    Deno.exit(1);
  }
}
