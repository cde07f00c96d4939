import type { ClassedRun } from "../studies/agreement/by_class.ts";
import type { Results } from "../studies/agreement/results.ts";
import type { StatisticsRow } from "../studies/running_statistics/statistics_study.ts";
import type { SeedSummary } from "../studies/seeds/summary.ts";
import { isPaperExperiment } from "../studies/paper/reported.ts";
import { PAPER } from "../training/settings.ts";
import { runsCaption } from "../report/captions.ts";
import { closed } from "./closed.ts";
import {
  openClasses,
  openRuns,
  openStatistics,
  sumUp,
} from "./open_records.ts";
import { Sentence } from "./sentence.ts";

/** Recorded runs of the paper's experiment, and what they sum up to. */
export interface Evidence {
  /** Several seeds, under the exact gradient. */
  runs: Results[];
  /** One summary a number of epochs. */
  summaries: SeedSummary[];
  /** After the last epoch measured. */
  last: SeedSummary;
  /** Fewer seeds for longer. */
  longRuns: Results[];
  /** What those sum up to: one summary a number of epochs. */
  longSummaries: SeedSummary[];
  /** One line that says what they are. */
  longCaption: string;
  /** The authors' weights, of 500 epochs. */
  authors: Results[];
  /** The agreement of each class, of the authors' model and of the longest runs. */
  classes: ClassedRun[];
  /** The same weights with other running statistics. */
  statistics: StatisticsRow[];
  /** One line that says what the runs are. */
  caption: string;
}

/** What stands for the evidence until {@linkcode openEvidence} has opened it. */
export function noEvidence(): Evidence {
  return closed("there are no runs yet: run the cell above");
}

/**
 * Opens recorded runs, in one call.
 *
 * @param paths `folder`, `longRuns` and `authors`: where runs are recorded;
 * `classes` and `statistics`: the results.json of `deno task classes` and
 * `deno task statistics`
 * @throws {Sentence} when one of them is not there or damaged, or the runs of
 * the folder cannot be summed up
 */
export async function openEvidence(
  paths: Record<
    "folder" | "longRuns" | "authors" | "classes" | "statistics",
    string
  >,
): Promise<Evidence> {
  const runs = await openPapersRuns(paths.folder);
  const summaries = sumUp(runs, paths.folder);
  const last = summaries[summaries.length - 1];
  const longRuns = await openPapersRuns(paths.longRuns);
  const longSummaries = sumUp(longRuns, paths.longRuns);
  return {
    ...{ runs, summaries, last, longRuns, longSummaries },
    longCaption: captionOf(longSummaries),
    authors: await openAuthorsRun(paths.authors),
    classes: await openClasses(paths.classes),
    statistics: await openStatistics(paths.statistics),
    caption: captionOf(summaries),
  };
}

const captionOf = (summaries: readonly SeedSummary[]) =>
  `${runsCaption(summaries)} · normal: ${
    summaries[0].normalClasses.join(", ")
  }`;

/** The run of the authors' weights, with the epochs that it cannot tell itself. */
async function openAuthorsRun(folder: string): Promise<Results[]> {
  const runs = (await openPapersRuns(folder))
    // Nothing says how theirs were trained.
    .filter(({ settings }) => typeof settings.seed !== "number");
  if (runs.length !== 1) {
    throw new Sentence(
      `${folder} has ${runs.length} runs of the authors' weights with the exact ` +
        "gradient, not one",
    );
  }
  return runs.map((run) => ({
    ...run,
    settings: { ...run.settings, epochs: PAPER.epochs },
  }));
}

/** The runs of a folder that ask the paper's question with the exact gradient. */
async function openPapersRuns(folder: string): Promise<Results[]> {
  const runs = (await openRuns(folder)).filter(isPapers);
  if (runs.length > 0) return runs;
  throw new Sentence(
    `no run in ${folder} has the paper's digits and model and the exact gradient`,
  );
}

const isPapers = ({ settings }: Results) =>
  isPaperExperiment(settings) && settings.gradient === "exact";
