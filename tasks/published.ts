/** The authors' weights under both gradients, beside the printed numbers. */
import type { ResultSettings } from "../lib/studies/agreement/results.ts";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  loadAuthorsWeights,
  readAuthorsWeights,
} from "../lib/model/authors_weights.ts";
import { type Gradient, GRADIENTS } from "../lib/model/evaluation_mode.ts";
import { loadResults } from "../lib/studies/load_results.ts";
import { PAPER } from "../lib/training/settings.ts";
import { loadTest } from "../lib/data/mnist.ts";
import {
  compareWithPaper,
  comparisonTable,
  figure2Table,
  verdictTable,
} from "../lib/studies/paper/findings.ts";
import {
  ARRAY_NAMES,
  type AuthorsArrays,
  compareWithAuthors,
  loadAuthorsArrays,
} from "../lib/studies/paper/authors_arrays.ts";
import { arraysTable } from "../lib/report/arrays_table.ts";
import { UnavailableFileError } from "../lib/support/checked_file.ts";
import { UsageError } from "./support/errors.ts";
import type { Values } from "./support/flags.ts";
import { runTask, type Task } from "./support/task.ts";
import { evaluateModel } from "./support/evaluate.ts";
import {
  claimResults,
  OVERWRITE_FLAG,
  readBytes,
  weightsName,
  writeAtomically,
} from "./support/files.ts";

const FLAGS = {
  weights: {
    type: "string",
    value: "FILE",
    help: "the authors' file, where it cannot be downloaded",
  },
  arrays: {
    type: "string",
    value: "DIR",
    help: "the authors' per-image .npy files, where they cannot be downloaded",
  },
  out: {
    type: "string",
    value: "DIR",
    default: "data/results/latest/published",
    path: true,
    help: "where results go",
  },
  overwrite: OVERWRITE_FLAG,
} as const;

const USAGE =
  `Runs the paper's analysis on the authors' own weights twice, with the gradient
of PyTorch up to 1.8.1 on CPUs and with the right one, compares every number the
paper prints with both, and every image with the authors' own arrays.

usage: deno task published [flags]`;

async function published(flags: Values<typeof FLAGS>): Promise<void> {
  const { out } = flags;
  using _claim = await claimResults(out, flags.overwrite);
  const folderOf = (gradient: Gradient) => `${out}/${gradient}`;
  const claims = new DisposableStack();
  using _claims = claims;
  const name = flags.weights === undefined
    ? "the authors'"
    : weightsName(flags.weights);
  const settings = Object.fromEntries(
    GRADIENTS.map((gradient) => [gradient, ownSettings(name, gradient)]),
  );
  for (const gradient of GRADIENTS) {
    claims.use(
      await claimOwn(folderOf(gradient), settings[gradient], flags.overwrite),
    );
  }
  if (flags.arrays) requireArrays(flags.arrays);
  const weights = flags.weights
    ? await readAuthorsWeights(await readBytes(flags.weights), flags.weights)
      .catch(noneOfTheirs)
    : await loadAuthorsWeights();
  const test = await loadTest();
  const run = async (gradient: Gradient) => {
    return await evaluateModel(
      { weights },
      test,
      settings[gradient],
      folderOf(gradient),
    );
  };
  const arrays = await authorsArrays(flags.arrays);
  const asPublished = await run("as-published");
  const exact = await run("exact");
  const runs = { asPublished: asPublished.results, exact: exact.results };
  const text = [
    "Every number the paper prints, beside the authors' own weights under both gradients\n",
    comparisonTable(compareWithPaper(runs)),
    "\nThe bars of Figure 2: images of each top-10 agreement\n",
    figure2Table(runs),
    "\nThe paper's findings\n",
    verdictTable(runs),
    "\nImage by image, beside the authors' own arrays\n",
    "error" in arrays
      ? `Not compared: ${arrays.error}`
      : arraysTable(compareWithAuthors(asPublished.rows, arrays.arrays)),
  ].join("\n");
  await writeAtomically(`${out}/tables.md`, text + "\n");
  console.log(`${text}\n\nwritten to ${out}`);
}

/** What results of the authors' weights are told from others by. */
const ownSettings = (weights: string, gradient: Gradient): ResultSettings => ({
  data: PAPER.data,
  normalClasses: [...PAPER.normalClasses],
  ...{ gradient, weights, k: [...PAPER.ks] },
});

/** A folder for results of the authors' weights, which may be begun in there. */
async function claimOwn(
  folder: string,
  settings: ResultSettings,
  overwrite: boolean,
) {
  const path = `${folder}/results.json`;
  const found = existsSync(path)
    ? await loadResults(path).catch(() => undefined)
    : undefined;
  // Nothing says how theirs were trained.
  const isOwn = found && found.settings.seed === undefined &&
    (Object.keys(settings) as (keyof ResultSettings)[]).every((key) =>
      String(found.settings[key]) === String(settings[key])
    );
  return await claimResults(folder, overwrite || isOwn === true);
}

/** That the folder of --arrays has them all. */
function requireArrays(folder: string) {
  const missing = ARRAY_NAMES.map((name) => `${name}.npy`)
    .find((name) => !existsSync(`${folder}/${name}`));
  if (!missing) return;
  throw new UsageError(
    `--arrays: ${folder} has no ${missing}; give the folder that holds the ` +
      "authors' arrays",
  );
}

function noneOfTheirs(error: unknown): never {
  if (!(error instanceof UnavailableFileError)) throw error;
  throw new UsageError(`--weights: ${error.message}`);
}

/** The authors' per-image arrays, or why they cannot be had here. */
async function authorsArrays(
  folder: string | undefined,
): Promise<{ arrays: AuthorsArrays } | { error: string }> {
  try {
    const url = folder && pathToFileURL(resolve(folder) + "/");
    return { arrays: await loadAuthorsArrays(url || undefined) };
  } catch (error) {
    if (!(error instanceof UnavailableFileError)) throw error;
    console.error(`note: ${error.message}`);
    return { error: "the authors' arrays could not be had here" };
  }
}

export const publishedTask: Task<typeof FLAGS> = {
  usage: USAGE,
  flags: FLAGS,
  stopped: ({ out }) => `${out} does not hold all results yet`,
  run: published,
};

if (import.meta.main) await runTask(publishedTask);
