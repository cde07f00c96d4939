import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { existsSync } from "node:fs";
import { missingPackages, type Project } from "../../tasks/setup/packages.ts";
import { whyUnreachable } from "../../tasks/setup/published.ts";
import { cause, run } from "../../tasks/setup/run.ts";
import { isInstalled, library, LOAD } from "../../tasks/setup/tensorflow.ts";

const SET_UP = new URL("../../tasks/setup/set_up.ts", import.meta.url).href;
const DIRECT = "@tensorflow/tfjs-node";
const INDIRECT = "indirect";

/** A tarball as npm's: one package.json in package/. */
async function tarball(name: string, rest = {}): Promise<Uint8Array> {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/package`);
  await Deno.writeTextFile(
    `${folder}/package/package.json`,
    JSON.stringify({ name, version: "4.22.0", ...rest }),
  );
  const { stdout, success } = await new Deno.Command("tar", {
    args: ["-czf", "-", "-C", folder, "package"],
  }).output();
  assert(success);
  await Deno.remove(folder, { recursive: true });
  return stdout;
}

/**
 * An npm registry with two packages, that hangs while `hanging` says so. The
 * command `install` is the one's install script.
 */
async function registry(install: string, hanging: () => boolean) {
  const dependencies = { [INDIRECT]: "4.22.0" };
  const tarballs: Record<string, Uint8Array> = {
    [DIRECT]: await tarball(DIRECT, {
      dependencies,
      scripts: { install },
    }),
    [INDIRECT]: await tarball(INDIRECT),
  };
  const stop = new AbortController();
  const server = Deno.serve(
    { port: 0, onListen() {}, signal: stop.signal },
    async (request) => {
      if (hanging()) await new Promise(() => {});
      const { pathname, origin } = new URL(request.url);
      const path = decodeURIComponent(pathname.slice(1));
      if (path.endsWith(".tgz")) {
        return new Response(tarballs[path.slice(0, -4)] as BodyInit);
      }
      if (!tarballs[path]) return new Response("", { status: 404 });
      return Response.json({
        name: path,
        "dist-tags": { latest: "4.22.0" },
        versions: {
          "4.22.0": {
            name: path,
            version: "4.22.0",
            ...(path === DIRECT
              ? { dependencies, scripts: { install }, hasInstallScript: true }
              : {}),
            dist: { tarball: `${origin}/${path}.tgz` },
          },
        },
      });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await server.finished;
    },
  };
}

/**
 * Stand-ins for Python and the compiler, and Deno with one for loading the
 * binding. The one that the file `stop` names leaves the file `stopped` and
 * waits; the compiler writes what the file `binding` says.
 */
async function standIns(folder: string) {
  const script = async (name: string, body: string) => {
    const path = `${folder}/${name}`;
    const head = `#!/bin/sh
at() { [ "$(cat "${folder}/stop" 2>/dev/null)" = $1 ] && touch "${folder}/stopped" && exec sleep 20; }
`;
    await Deno.writeTextFile(path, head + body, { mode: 0o755 });
    return path;
  };
  return {
    python: await script(
      "python3",
      `case "$*" in
*--version*) exit 0;;
*download*) at download; echo "$*" >>"${folder}/downloads"
  for a; do case $a in --dest=*) mkdir -p "\${a#--dest=}";; esac; done;;
*) shift 2; mkdir -p $1/wheel/tensorflow; f=$1; shift
  for l; do echo half >$f/wheel/tensorflow/$l; at unpack; done;;
esac
exit 0`,
    ),
    compiler: await script(
      "g++",
      `[ "$1" = --version ] && exit 0
while [ "$1" != -o ]; do shift; done
echo half >$2; at compile; cp "${folder}/binding" "$2"`,
    ),
    deno: await script(
      "deno",
      `case $1 in
eval) at load; grep -q good "$3" || { echo "error: file too short" >&2; exit 1; }
  echo 2.15.1;;
*) exec '${Deno.execPath()}' "$@";;
esac`,
    ),
    install: await script(
      "install",
      `[ -e "${folder}/no-installer" ] && { echo "error: no route" >&2; exit 1; }
mkdir -p lib/napi-v8 deps/lib; cp "${folder}/binding" lib/napi-v8/tfjs_binding.node`,
    ),
  };
}

/** A project in a temporary folder, its stand-ins, and set-up in a process. */
async function withProject(
  test: (tools: {
    project: Project;
    stopAt: (where: string) => Promise<void>;
    start: () => Deno.ChildProcess;
    folder: string;
  }) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  let where = "";
  await using npm = await registry(`${folder}/install`, () => {
    if (where !== "packages") return false;
    Deno.writeTextFileSync(`${folder}/stopped`, "");
    return true;
  });
  const root = `${folder}/project`;
  const imports = { [DIRECT]: `npm:${DIRECT}@4.22.0` };
  await Deno.mkdir(root);
  await Deno.writeTextFile(
    `${root}/deno.json`,
    JSON.stringify({ nodeModulesDir: "manual", imports }),
  );
  await Deno.writeTextFile(`${folder}/binding`, "good");
  const programs = await standIns(folder);
  const project = { root, imports, programs, downloads: npm.url, silence: 5 };
  try {
    await test({
      project,
      folder,
      stopAt: async (place) => {
        where = place;
        await Deno.writeTextFile(`${folder}/stop`, place);
      },
      start: () =>
        new Deno.Command(Deno.execPath(), {
          args: [
            "eval",
            `import { setUp } from "${SET_UP}";
            await setUp(JSON.parse(Deno.args[0])).catch((error) => {
              console.error(error.message);
              Deno.exit(1);
            });`,
            JSON.stringify(project),
          ],
          cwd: folder,
          env: { NPM_CONFIG_REGISTRY: npm.url, DENO_DIR: `${folder}/deno_dir` },
          stdout: "piped",
          stderr: "piped",
        }).spawn(),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs set-up to its end. */
async function finish(child: Deno.ChildProcess) {
  const { code, stderr } = await child.output();
  return { code, errors: new TextDecoder().decode(stderr) };
}

function assertComplete(project: Project) {
  assertEquals(missingPackages(project), []);
  assert(isInstalled(library(project)));
  assertEquals(existsSync(`${library(project).cache}.partial`), false);
}

const supported = Deno.build.os !== "windows";

for (const where of ["packages", "download", "unpack", "compile", "load"]) {
  Deno.test({
    name: `set-up killed at "${where}" is not taken for done, and goes on`,
    ignore: !supported,
    fn: () =>
      withProject(async ({ project, folder, stopAt, start }) => {
        await stopAt(where);
        const child = start();
        for (let i = 0; !existsSync(`${folder}/stopped`); i++) {
          assert(i < 400, `set-up never came to "${where}"`);
          await new Promise((resolve) => setTimeout(resolve, 25));
        }
        child.kill("SIGKILL");
        await child.output();
        assertEquals(isInstalled(library(project)), false);
        await stopAt("nowhere");
        const { code, errors } = await finish(start());
        assertEquals(code, 0, errors);
        assertComplete(project);
      }),
  });
}

Deno.test({
  name: "set-up repairs what is broken without a new download",
  ignore: !supported,
  fn: () =>
    withProject(async ({ project, folder, start }) => {
      assertEquals((await finish(start())).code, 0);
      const place = library(project);
      const { root } = project;
      const remove = (path: string) => Deno.remove(path, { recursive: true });
      const breaks = {
        "an indirect package gone": () =>
          remove(`${root}/node_modules/.deno/${INDIRECT}@4.22.0`),
        "a package without its files": () =>
          remove(
            `${root}/node_modules/.deno/${INDIRECT}@4.22.0/node_modules/${INDIRECT}/package.json`,
          ),
        "a link gone": () => remove(`${place.package}/deps`),
        "a dangling link": async () => {
          await remove(`${place.package}/lib`);
          await Deno.symlink(`${folder}/nowhere`, `${place.package}/lib`);
        },
        "a cache without its stamp": () =>
          remove(`${place.cache}/tensorflow-version`),
        "node_modules gone": () => remove(`${root}/node_modules`),
      };
      for (const [what, damage] of Object.entries(breaks)) {
        await damage();
        const seen = missingPackages(project).length > 0 || !isInstalled(place);
        assert(seen, `${what} was not seen`);
        const { code, errors } = await finish(start());
        assertEquals(code, 0, `${what}: ${errors}`);
        assertComplete(project);
      }
      const downloads = await Deno.readTextFile(`${folder}/downloads`);
      assertEquals(downloads.trim().split("\n").length, 1);
    }),
});

Deno.test({
  name: "set-up builds anew where deps is missing from the cache",
  ignore: !supported,
  fn: () =>
    withProject(async ({ project, folder, start }) => {
      assertEquals((await finish(start())).code, 0);
      await Deno.remove(`${library(project).cache}/deps`, { recursive: true });
      assertEquals(isInstalled(library(project)), false);
      assertEquals((await finish(start())).code, 0);
      assertComplete(project);
      const downloads = await Deno.readTextFile(`${folder}/downloads`);
      assertEquals(downloads.trim().split("\n").length, 2);
    }),
});

Deno.test({
  name: "set-up writes nothing where all is there",
  ignore: !supported,
  fn: () =>
    withProject(async ({ project, start }) => {
      assertEquals((await finish(start())).code, 0);
      await Deno.remove(`${project.root}/data/cache/setup.lock`);
      assertEquals(missingPackages(project), []);
      assert(isInstalled(library(project)));
      assertEquals(await finish(start()), { code: 0, errors: "" });
      assertEquals(existsSync(`${project.root}/data/cache/setup.lock`), false);
    }),
});

Deno.test({
  name: "a npm registry that accepts and never answers is given up, by name",
  ignore: !supported,
  fn: () =>
    withProject(async ({ project, stopAt, start }) => {
      project.silence = 1;
      await stopAt("packages");
      const { code, errors } = await finish(start());
      assertEquals(code, 1);
      assertStringIncludes(
        errors,
        "is the npm registry reachable? (no answer for 1 s)",
      );
    }),
});

Deno.test({
  name: "a binding that does not load is discarded, with the cause",
  ignore: !supported,
  fn: () =>
    withProject(async ({ project, folder, start }) => {
      await Deno.writeTextFile(`${folder}/binding`, "truncated");
      const { code, errors } = await finish(start());
      assertEquals(code, 1);
      assertStringIncludes(
        errors,
        "TensorFlow's binding does not load (error: file too short)",
      );
      const { cache } = library(project);
      assertEquals(existsSync(cache), false);
      assertEquals(existsSync(`${cache}.partial`), false);
    }),
});

Deno.test({
  name:
    "without a compiler, set-up says so and runs tfjs-node's installer, also after that failed once",
  ignore: !supported,
  fn: () =>
    withProject(async ({ project, folder, start }) => {
      project.programs.compiler = "no-such-compiler";
      await Deno.writeTextFile(`${folder}/no-installer`, "");
      const { code, errors } = await finish(start());
      assertEquals(code, 1);
      assertStringIncludes(errors, "needs a C++ compiler (Debian: apt");
      assertStringIncludes(errors, "installer failed (");
      assertStringIncludes(errors, "no route");
      await Deno.remove(`${folder}/no-installer`);
      const second = await finish(start());
      assertEquals(second.code, 0, second.errors);
      assertComplete(project);
    }),
});

Deno.test("LOAD tells TensorFlow's version, and fails for a cut binding", async () => {
  const real = fileURLToPath(
    new URL(
      "../../node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node",
      import.meta.url,
    ),
  );
  const load = (path: string) => run(Deno.execPath(), ["eval", LOAD, path]);
  const whole = await load(real);
  assert(whole.ok, whole.cause);
  assert(/^\d+\.\d+\.\d+$/.test(whole.output.trim()), whole.output);
  const folder = await Deno.makeTempDir();
  const bytes = await Deno.readFile(real);
  await Deno.writeFile(`${folder}/cut.node`, bytes.subarray(0, 1000));
  const cut = await load(`${folder}/cut.node`);
  assertEquals(cut.ok, false);
  assert(cut.cause.length > 0);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("cause() is the line with the error, or the last one", () => {
  assertEquals(cause("Download a\nerror: 404 b\n  at c\n"), "error: 404 b");
  assertEquals(cause("one\ntwo\n\n"), "two");
  assertEquals(cause(""), "");
});

Deno.test("run() says why a program failed", async () => {
  const deno = (code: string, options = {}) =>
    run(Deno.execPath(), ["eval", code], options);
  assertEquals((await deno("Deno.exit(3)")).cause, "ended by exit code 3");
  assertStringIncludes(
    (await deno("throw new Error('no room')")).cause,
    "Error: no room",
  );
  assertStringIncludes((await run("no-such-program", [])).cause, "ENOENT");
  assertEquals(
    (await deno("setTimeout(() => {}, 9000)", { seconds: 0.5 })).cause,
    "not done after 0.5 s",
  );
});

Deno.test("whyUnreachable() counts a proxy's 403 and a silent host", async () => {
  const stop = new AbortController();
  const server = Deno.serve(
    { port: 0, onListen() {}, signal: stop.signal },
    ({ url }) =>
      url.endsWith("silent")
        ? new Promise<Response>(() => {})
        : new Response(null, { status: Number(url.slice(-3)) }),
  );
  const at = (path: string) =>
    whyUnreachable(`http://127.0.0.1:${server.addr.port}/${path}`, 1);
  assertEquals(await at("200"), undefined);
  assertStringIncludes((await at("403"))!, "answers 403");
  assertStringIncludes((await at("silent"))!, "cannot be reached");
  stop.abort();
  await server.finished;
});

Deno.test("missingPackages() looks for the native packages of this system, of which one is enough", async () => {
  const root = await Deno.makeTempDir();
  const system = {
    os: [Deno.build.os],
    cpu: [{ x86_64: "x64", aarch64: "arm64" }[Deno.build.arch]],
  };
  const npm = {
    "native-gnu@1.0.0": system,
    "native-musl@1.0.0": system,
    "native-other@1.0.0": { ...system, os: ["aix"] },
  };
  await Deno.writeTextFile(`${root}/deno.lock`, JSON.stringify({ npm }));
  const project = { root, imports: {} } as unknown as Project;
  assertEquals(missingPackages(project), [
    "native-gnu@1.0.0",
    "native-musl@1.0.0",
  ]);
  const folder = `${root}/node_modules/.deno/native-musl@1.0.0`;
  await Deno.mkdir(`${folder}/node_modules/native-musl`, { recursive: true });
  await Deno.writeTextFile(`${folder}/.initialized`, "");
  await Deno.writeTextFile(
    `${folder}/node_modules/native-musl/package.json`,
    "{}",
  );
  assertEquals(missingPackages(project), []);
  await Deno.remove(root, { recursive: true });
});
