import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { summariseSeeds } from "../../lib/studies/seeds/summary.ts";
import {
  epochTable,
  findingCountsTable,
  findingsTable,
  measuresTable,
  modelsTable,
  placesTable,
  seedFindings,
} from "../../lib/report/seed_tables.ts";
import { placesAmong } from "../../lib/studies/seeds/place.ts";
import { resultsOf } from "../results_fixture.ts";

const plain = (table: string) => table.replaceAll(/ +/g, " ");

const runs = [20, 50].flatMap((epochs) =>
  [0, 1].map((seed) =>
    resultsOf({ seed, epochs }, {
      distance: { normal: 8 - seed, novel: 9 + seed },
    })
  )
);
const summaries = summariseSeeds(runs);

Deno.test("measuresTable() has the paper's numbers, means, the difference and its test", () => {
  const table = plain(measuresTable(summaries[0]));
  assertStringIncludes(
    table,
    "| mean maximum distance, K = 10, pixels | 8.14 / 8.90 | 7.50 (7.00–8.00) | 9.50 (9.00–10.00) | 2.00 (1.00–3.00) | 0.5000 | 1.0000 | 1.4 |",
  );
});

Deno.test("measuresTable() shows the paper's numbers beside its own experiment only", () => {
  for (const other of [{ normalClasses: [7] }, { data: "mnist" }]) {
    const [summary] = summariseSeeds([resultsOf({ seed: 0, ...other })]);
    const table = plain(measuresTable(summary));
    assertStringIncludes(table, "| | normal | novel | novel − normal |");
    assertStringIncludes(
      table,
      "| mean maximum distance, K = 10, pixels | 8.00 | 9.00 | 1.00 |",
    );
  }
});

Deno.test("measuresTable() prints p to four digits, and says of less that it is less", () => {
  const [summary] = summaries;
  const withP = (p: number) =>
    plain(measuresTable({
      ...summary,
      measures: summary.measures.slice(0, 1).map((measure) => ({
        ...measure,
        difference: { ...measure.difference, p, adjustedP: 0.5 },
      })),
    }));
  assertStringIncludes(withP(0.0009), "| 0.0009 | 0.5000 |");
  assertStringIncludes(withP(0.0001), "| 0.0001 | 0.5000 |");
  assertStringIncludes(withP(0.00009), "| < 0.0001 | 0.5000 |");
});

Deno.test("modelsTable() refuses runs without K = 10", () => {
  const [summary] = summaries;
  assertThrows(
    () => modelsTable([{ ...summary, measures: [] }]),
    RangeError,
    "the summary has no majority-share@10",
  );
});

Deno.test("epochTable() has a line a number of epochs", () => {
  const lines = plain(epochTable(summaries)).split("\n");
  assertEquals(lines.length, 2 + 2);
  assertStringIncludes(lines[2], "| 20 | 2 |");
  assertStringIncludes(lines[3], "| 50 | 2 |");
});

Deno.test("findingsTable() counts seeds for each number of epochs", () => {
  const lines = plain(findingsTable(summaries)).split("\n");
  assertEquals(lines.length, 2 + 6);
  assertStringIncludes(lines[0], "| finding | epoch 20 | epoch 50 |");
  assertStringIncludes(lines[6], "| 1 of 2 | 1 of 2 |");
});

Deno.test("modelsTable() shows classes by their names where they have names", () => {
  const run = resultsOf({ seed: 0, epochs: 20, normalClasses: [0, 2] });
  run.settings.classes = ["good", "dent", "a|b"];
  const [, , line] = modelsTable(summariseSeeds([run])).split("\n");
  assertStringIncludes(line, "| good, a\\|b ");
});

Deno.test("modelsTable() has a line a model, with the findings that hold in every seed", () => {
  const dense = resultsOf({ seed: 0, epochs: 20, normalClasses: [7] });
  dense.settings.model = "dense";
  const lines = plain(modelsTable(summariseSeeds([...runs, dense]))).split(
    "\n",
  );
  assertEquals(lines.length, 2 + 3);
  assertStringIncludes(
    lines[2],
    "| convolutional | 0, 1, 2, 3, 4 | 20 | 0, 1 |",
  );
  // Finding 5 holds in one of two seeds, finding 4 in none.
  assertStringIncludes(lines[2], "| 0.750 (0.750–0.750) | 1, 2, 3, 6 |");
  assertStringIncludes(lines[4], "| dense | 7 | 20 | 0 |");
  assertStringIncludes(lines[4], "| 0.750 | 1, 2, 3, 5, 6 |");
});

Deno.test("placesTable() has the other model's value, mean and range, and how many seeds are below", () => {
  const other = resultsOf({}, { distance: { normal: 7.5, novel: 11 } });
  const places = placesAmong(runs.slice(0, 2), other);
  const table = plain(placesTable(places, { name: "theirs", seeds: 2 }));
  assertStringIncludes(
    table,
    "| | images | theirs | mean over seeds (range) | seeds below |",
  );
  assertStringIncludes(
    table,
    "| mean maximum distance, K = 10, pixels | normal | 7.50 | 7.50 (7.00–8.00) | 1 of 2 |",
  );
  assertStringIncludes(
    table,
    "| mean maximum distance, K = 10, pixels | novel | 11.00 | 9.50 (9.00–10.00) | 2 of 2 |",
  );
});

Deno.test("findingCountsTable() counts a model where a finding holds in all of its seeds", () => {
  const models = summariseSeeds([
    // Finding 5 asks for a mean distance of more than 7 pixels.
    resultsOf({ seed: 0 }),
    resultsOf({ seed: 1 }, { distance: { normal: 3, novel: 9 } }),
    resultsOf({ seed: 0, normalClasses: [7] }),
  ]);
  const lines = plain(findingCountsTable(models)).split("\n");
  assertEquals(lines.length, 2 + 6);
  assertStringIncludes(
    lines[2],
    "| 1: error maps miss salient pixels | 2 of 2 |",
  );
  assertStringIncludes(
    lines[6],
    "| 5: a salient pixel's best match is far | 1 of 2 |",
  );
});

Deno.test("seedFindings() says what the interval over seeds says, and of one seed that there is none", () => {
  const points = (agreeing: number[]) => {
    const [summary] = summariseSeeds(
      agreeing.map((agreeing, seed) => resultsOf({ seed }, { agreeing })),
    );
    return seedFindings(summary).split("\n");
  };
  const [all, none, effect] = points([1, 3]);
  assertStringIncludes(all, "hold in all seeds (2): 2: correspondence is");
  assertStringIncludes(none, "4: novel images agree noticeably less");
  // Of 4 normal images 1, then 3, agree more than all novel ones.
  assertStringIncludes(
    effect,
    "−0.50 (−0.75 to −0.25): novel images agree **less** in these seeds, " +
      "which are too few for a test (its p cannot be below 0.50).",
  );
  assertStringIncludes(
    points([1, 2, 3, 1, 2, 3])[2],
    "novel images agree **less**.",
  );
  assertStringIncludes(
    points([0, 0])[2],
    "0.00 (0.00–0.00): the seeds do not decide it",
  );
  assertStringIncludes(points([1])[2], "−0.25: one seed has no interval");
});

Deno.test("seedFindings() says that novel images agree more where the interval is above 0", () => {
  const swapped = [1, 2, 3, 1, 2, 3].map((agreeing, seed) => {
    const run = resultsOf({ seed }, { agreeing });
    const { normal, novel } = run.agreement[10];
    return { ...run, agreement: { 10: { normal: novel, novel: normal } } };
  });
  const [summary] = summariseSeeds(swapped);
  assertStringIncludes(
    seedFindings(summary),
    "novel images agree **more**.",
  );
});
