/** Makes ready for the tests in a browser, and runs them. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { helpText, RunError, runTask } from "../support/cli.ts";
import { installKernel } from "../jupyter/kernel.ts";
import { JUPYTER } from "../jupyter/lab.ts";
import { pythonEnvironment } from "../support/python.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const USAGE =
  `Opens notebook 4 in JupyterLab and a report in Chromium, and looks at them.
Installs Chromium where it can (on Debian, as root). Screenshots are in
data/cache/browser.

usage: deno task test:browser`;

async function browser(args: string[]): Promise<void> {
  if (args.includes("--help")) return console.log(helpText(USAGE, {}));
  requireChromium();
  const packages = [...JUPYTER, "playwright==1.65.2"];
  await installKernel(await pythonEnvironment("browser-venv", packages));
  const { status } = spawnSync(
    Deno.execPath(),
    ["run", "-q", "-A", "tasks/develop/run_tests.ts", "tests/browser"],
    { cwd: ROOT, stdio: "inherit" },
  );
  if (status !== 0) throw new RunError("a test in the browser failed");
}

const runs = (program: string, args: string[]) =>
  spawnSync(program, args, { stdio: ["ignore", "ignore", "inherit"] })
    .status === 0;

function requireChromium() {
  const found = () =>
    ["chromium", "google-chrome"].some((name) =>
      spawnSync(name, ["--version"]).status === 0
    );
  if (found()) return;
  console.error("installing Chromium");
  const installed = runs("apt-get", ["install", "-y", "-q", "chromium"]) ||
    runs("apt-get", ["update", "-q"]) &&
      runs("apt-get", ["install", "-y", "-q", "chromium"]);
  if (!installed || !found()) {
    throw new RunError(
      "Chromium is needed, and could not be installed; install it and run the task again",
    );
  }
}

if (import.meta.main) await runTask(browser);
