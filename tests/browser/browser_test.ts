import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { jupyterVariables } from "../../tasks/jupyter/lab.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ENVIRONMENT = `${ROOT}data/cache/browser-venv`;

Deno.test({
  name:
    "Notebook 4 runs in JupyterLab with charts and a slider that moves the bars; report.html opens without errors",
  // `deno task test:browser` makes the environment.
  ignore: !await Deno.stat(`${ENVIRONMENT}/packages.txt`)
    .then(() => true, () => false),
  fn: async () => {
    const { code, stdout, stderr } = await new Deno.Command(
      `${ENVIRONMENT}/bin/python`,
      {
        args: [
          "tests/browser/browser.py",
          "notebooks",
          "data/results/seed0_epochs20/report.html",
          "data/cache/browser",
        ],
        cwd: ROOT,
        signal: AbortSignal.timeout(240_000),
        env: jupyterVariables(ENVIRONMENT),
      },
    ).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
    assertEquals(code, 0, text(stderr));
    const seen = JSON.parse(text(stdout).split("\n").at(-1)!);
    // Figure 2, the slider, the curve and the histogram.
    assertEquals(seen.charts, 4);
    assert(seen.tables >= 1);
    assertEquals(seen.errors, 0);
    assert(seen.slider_changes_bars, "the bars stayed as they were");
    assertEquals(seen.report_errors, []);
    assertEquals(seen.report_requests, []);
    // Figures 1 and 2, the distances, the losses of training.
    assertEquals(seen.report_figures, [true, true, true, true]);
    assertEquals(seen.report_rows, 17);
  },
});
