/**
 * Makes sure that npm packages and TensorFlow's native library are there.
 * Does nothing, silently, when they are. Imports no package itself, so that it
 * runs before any is installed.
 */
import { resolve } from "node:path";
import config from "../deno.json" with { type: "json" };
import { say, SetupError } from "./setup/run.ts";
import { setUp } from "./setup/set_up.ts";

const HELP = `Installs what the tasks need: the npm packages in node_modules and
TensorFlow's native library in data/cache. Every task does this first; where
all is there it takes no time and prints nothing. It may be interrupted, and
goes on when run again.

  deno task setup

Linux and macOS; on Windows, run it in WSL. TensorFlow comes from PyPI (needs
Python 3 with pip and a C++ compiler), or else by tfjs-node's own installer.`;

if (import.meta.main) {
  if (Deno.args.includes("--help")) {
    console.log(HELP);
    Deno.exit();
  }
  if (Deno.args.length > 0) {
    say(`it takes no ${Deno.args[0]}; --help tells what it does`);
    Deno.exit(2);
  }
  try {
    const before = performance.now();
    const built = await setUp({
      root: resolve(import.meta.dirname!, ".."),
      imports: config.imports,
      programs: { deno: Deno.execPath(), python: "python3", compiler: "g++" },
      downloads: "https://storage.googleapis.com/tensorflow/",
      // One large package may take long on a slow line.
      silence: 120,
    });
    const seconds = (performance.now() - before) / 1000;
    if (built && seconds > 2) {
      say(`done in ${seconds.toFixed(0)} s; the next run skips it`);
    }
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    Deno.exit(1);
  }
}
