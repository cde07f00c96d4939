/** Makes ready for the tests in a browser, and runs them. */
import { RunError } from "../support/errors.ts";
import { attend, output, ROOT } from "../support/process.ts";
import { runTask } from "../support/task.ts";
import { installKernel } from "../jupyter/kernel.ts";
import { JUPYTER, JUPYTER_PYTHON } from "../jupyter/lab.ts";
import { pythonEnvironment } from "../support/python.ts";

const USAGE =
  `Opens notebook 4 in JupyterLab and a report in Chromium, and looks at them.
Installs Chromium where it can (on Debian, as root). Screenshots are in
data/cache/browser.

usage: deno task test:browser`;

async function browser(): Promise<void> {
  await requireChromium();
  const packages = [...JUPYTER, "playwright==1.65.2"];
  await installKernel(
    await pythonEnvironment("browser-venv", packages, JUPYTER_PYTHON),
  );
  const code = await attend(
    Deno.execPath(),
    ["run", "-q", "-A", "tasks/develop/run_tests.ts", "tests/browser"],
    { cwd: ROOT },
  );
  if (code !== 0) throw new RunError("a test in the browser failed");
}

async function succeeds(program: string, ...args: string[]) {
  const { code, stderr } = await output(program, args);
  if (code !== 0 && program === "apt-get") console.error(stderr);
  return code === 0;
}

const hasChromium = async () =>
  await succeeds("chromium", "--version") ||
  await succeeds("google-chrome", "--version");

const installChromium = () =>
  succeeds("apt-get", "install", "-y", "-q", "chromium");

async function requireChromium() {
  if (await hasChromium()) return;
  console.error("installing Chromium");
  const installed = await installChromium() ||
    await succeeds("apt-get", "update", "-q") && await installChromium();
  if (!installed || !await hasChromium()) {
    throw new RunError(
      "Chromium is needed, and could not be installed; install it and run the task again",
    );
  }
}

if (import.meta.main) {
  await runTask({ usage: USAGE, flags: {}, run: browser });
}
