import { markdownTable } from "markdown-table";
import { escapeMarkdown } from "./escape_markdown.ts";
import { numberText } from "../statistics/estimate.ts";
import {
  classDifference,
  type ClassedRun,
  type ClassMeasure,
  type ClassMeasures,
  classTest,
} from "../studies/agreement/by_class.ts";
import {
  type ControlledRun,
  type CrossedRuns,
  crossOver,
  lessControl,
  noveltyEffect,
} from "../studies/agreement/cross_over.ts";

/**
 * What novel classes have more than normal ones by each of the paper's measures,
 * a line a run, as a Markdown table; in brackets p over classes
 * ({@linkcode classTest}).
 *
 * @param runs the same runs for each K in turn, at least one K
 */
export function classMeasuresTable(
  runs: readonly (readonly ClassedRun[])[],
): string {
  return table(
    runs,
    runs.map(([{ k }]) => k),
    ["run"],
    ({ name }) => [name],
    ({ classes }) => classes,
    classDifference,
  );
}

/**
 * What novelty adds to the same class by each of the paper's measures, a line a
 * pair of runs, as a Markdown table; in brackets p over classes.
 *
 * @param pairs the same pairs for each K in turn, as {@linkcode crossOver}
 * takes them, at least one K
 */
export function crossedMeasuresTable(
  pairs: readonly (readonly CrossedRuns[])[],
): string {
  return table(
    pairs,
    pairs.map(([[{ k }]]) => k),
    ["run", "with the others normal"],
    ([run, other]) => [run.name, other.name],
    ([run, other]) => crossOver(run.classes, other.classes),
    noveltyEffect,
  );
}

/**
 * What novel classes have more than normal ones, less what they have in a model
 * that learnt all classes, a line a run, as a Markdown table; in brackets p over
 * classes.
 *
 * @param pairs the same pairs for each K in turn, as {@linkcode lessControl}
 * takes them, at least one K
 */
export function controlledMeasuresTable(
  pairs: readonly (readonly ControlledRun[])[],
): string {
  return table(
    pairs,
    pairs.map(([[{ k }]]) => k),
    ["run", "control"],
    ([run, control]) => [run.name, control.name],
    ([run, control]) => lessControl(run.classes, control.classes),
    classDifference,
  );
}

function table<T>(
  subjects: readonly (readonly T[])[],
  ks: readonly number[],
  heads: string[],
  namesOf: (subject: T) => string[],
  classesOf: (subject: T) => readonly ClassMeasures[],
  effectOf: (
    classes: readonly ClassMeasures[],
    measure: ClassMeasure,
  ) => number,
): string {
  const cell = (subject: T, measure: ClassMeasure, digits: number) => {
    const classes = classesOf(subject);
    const effect = numberText(effectOf(classes, measure), digits);
    return `${effect} (${classTest(classes, measure).toFixed(3)})`;
  };
  const rows = subjects[0].map((first, i) => [
    ...namesOf(first).map(escapeMarkdown),
    ...subjects.map((ofK) => cell(ofK[i], "meanAgreement", 2)),
    ...subjects.map((ofK) => cell(ofK[i], "maxDistance", 2)),
    cell(first, "reconstructionLoss", 5),
  ]);
  const measures = [
    ...ks.map((k) => `top-${k} agreement`),
    ...ks.map((k) => `maximum distance, K = ${k}`),
    "loss r̄",
  ];
  return markdownTable([[...heads, ...measures], ...rows], {
    align: [...heads.map(() => "l"), ...measures.map(() => "r")],
  });
}
