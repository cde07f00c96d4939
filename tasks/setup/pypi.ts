import { existsSync } from "node:fs";
import type { Project } from "./packages.ts";
import { AN_HOUR, run, say } from "./run.ts";
import { binding, type Library } from "./tensorflow.ts";

/** A Python package that holds TensorFlow's library, and its file names. */
interface Wheel {
  requirement: string;
  platform: string;
  libraries: string[];
  rpath: string;
  flags: string[];
}

const LINUX = {
  libraries: ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"],
  rpath: "$ORIGIN",
  flags: [],
};
// Untried: from the wheels' lists of files.
const MACOS = {
  libraries: ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"],
  rpath: "@loader_path",
  flags: ["-undefined", "dynamic_lookup"],
};

/** By system, all of the version that results are recorded with. */
const WHEELS: Record<string, Wheel> = {
  "linux-x86_64": {
    requirement: "tensorflow-cpu==2.15.1",
    platform: "manylinux2014_x86_64",
    ...LINUX,
  },
  // Untried: from the wheel's headers, with which the binding compiles.
  "linux-aarch64": {
    requirement: "tensorflow-cpu-aws==2.15.1",
    platform: "manylinux2014_aarch64",
    ...LINUX,
  },
  "darwin-aarch64": {
    requirement: "tensorflow==2.15.1",
    platform: "macosx_12_0_arm64",
    ...MACOS,
  },
  "darwin-x86_64": {
    requirement: "tensorflow-cpu==2.15.1",
    platform: "macosx_10_15_x86_64",
    ...MACOS,
  },
};

/**
 * The library out of TensorFlow's Python package, and tfjs-node's own binding
 * compiled against it, into the folder `fresh`.
 *
 * @returns why it failed, or undefined
 */
export async function fromPyPI(
  project: Project,
  place: Library,
  fresh: string,
): Promise<string | undefined> {
  const { os, arch } = Deno.build;
  const wheel = WHEELS[`${os}-${arch}`];
  if (!wheel) return `PyPI has no TensorFlow for ${os} on ${arch}`;
  const missing = await missingTools(project);
  if (missing) return missing;
  return await download(project, wheel, fresh) ??
    await unpack(project, wheel, fresh) ??
    await compile(project, { wheel, place, fresh });
}

async function missingTools(
  { programs }: Project,
): Promise<string | undefined> {
  const needs: [string, string[], string][] = [
    [
      programs.python,
      ["-m", "pip", "--version"],
      "Python 3 with pip (Debian: apt install python3-pip; macOS: xcode-select --install)",
    ],
    [
      programs.compiler,
      ["--version"],
      "a C++ compiler (Debian: apt install g++; macOS: xcode-select --install)",
    ],
  ];
  const missing: string[] = [];
  for (const [tool, args, name] of needs) {
    if (!(await run(tool, args, { seconds: 60 })).ok) missing.push(name);
  }
  if (missing.length === 0) return;
  return `TensorFlow from PyPI, which all results are recorded with, needs ${
    missing.join(" and ")
  }`;
}

async function download(
  { programs }: Project,
  { requirement, platform }: Wheel,
  fresh: string,
): Promise<string | undefined> {
  say("downloading TensorFlow's library from PyPI (about 210 MB)");
  const { ok, cause } = await run(programs.python, [
    ...["-m", "pip", "download", "--no-deps", "--progress-bar=off"],
    // This limit is on each read, so that a slow line may take its time.
    ...["--timeout=30", "--retries=1"],
    ...["--only-binary=:all:", "--python-version=3.11"],
    ...[`--platform=${platform}`, `--dest=${fresh}/wheel`, requirement],
  ], { seconds: AN_HOUR });
  if (!ok) {
    return `pip could not download ${requirement} (${cause})`;
  }
}

const UNPACK = `
import glob, sys, zipfile
fresh, *libraries = sys.argv[1:]
archive = zipfile.ZipFile(glob.glob(fresh + "/wheel/*.whl")[0])
keep = (*("tensorflow/" + name for name in libraries), "tensorflow/include/tensorflow/c",
        "tensorflow/include/tensorflow/core/platform", "tensorflow/include/tsl")
archive.extractall(fresh + "/wheel", [n for n in archive.namelist()
                                      if n.startswith(keep) or n.split("/")[0].endswith(".libs")])
`;

async function unpack(
  { programs }: Project,
  { libraries }: Wheel,
  fresh: string,
): Promise<string | undefined> {
  say(
    "unpacking it (650 MB in data/cache) and compiling the binding, a minute at most",
  );
  const { ok, cause } = await run(programs.python, [
    ...["-c", UNPACK, fresh, ...libraries],
  ]);
  if (!ok) {
    return `the package from PyPI could not be unpacked; is there 1 GB of free disk? (${cause})`;
  }
  await Deno.mkdir(`${fresh}/deps/lib`, { recursive: true });
  for (const name of libraries) {
    const file = `${fresh}/wheel/tensorflow/${name}`;
    if (!existsSync(file)) return `the package from PyPI has no ${name}`;
    await Deno.rename(file, `${fresh}/deps/lib/${name}`);
  }
  // Where the library looks for those that it needs, as on arm64: beside its
  // own folder.
  for (const { name } of Deno.readDirSync(`${fresh}/wheel`)) {
    if (!name.endsWith(".libs")) continue;
    await Deno.rename(`${fresh}/wheel/${name}`, `${fresh}/deps/${name}`);
  }
}

async function compile(
  { root, programs }: Project,
  { wheel, place, fresh }: { wheel: Wheel; place: Library; fresh: string },
): Promise<string | undefined> {
  await Deno.mkdir(`${fresh}/lib/napi-v8`, { recursive: true });
  const { ok, cause } = await run(programs.compiler, [
    ...["-std=c++17", "-O2", "-fPIC", "-shared", "-DNAPI_VERSION=8"],
    ...wheel.flags,
    `-I${root}/node_modules/node-api-headers/include`,
    `-I${fresh}/wheel/tensorflow/include`,
    `${place.package}/binding/tfjs_backend.cc`,
    `${place.package}/binding/tfjs_binding.cc`,
    ...wheel.libraries.map((name) => `${fresh}/deps/lib/${name}`),
    `-Wl,-rpath,${wheel.rpath}/../../deps/lib`,
    ...["-o", binding(fresh)],
  ]);
  if (!ok) return `TensorFlow's binding did not compile (${cause})`;
  await Deno.remove(`${fresh}/wheel`, { recursive: true });
}
