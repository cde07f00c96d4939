import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { agreementCurve } from "../../lib/figures/agreement_curve.ts";
import { agreementSlider } from "../../lib/figures/agreement_slider.ts";
import { classChart } from "../../lib/figures/class_chart.ts";
import { crossOverChart } from "../../lib/figures/cross_over_chart.ts";
import { cascadeCurve } from "../../lib/figures/cascade_curve.ts";
import { difference, gray, inferno } from "../../lib/figures/colors.ts";
import { distanceHistogram } from "../../lib/figures/distance_histogram.ts";
import { epochCurve } from "../../lib/figures/epoch_curve.ts";
import { figure2 } from "../../lib/figures/figure2.ts";
import { type ColorBar, imageGrid } from "../../lib/figures/image_grid.ts";
import { localizationCurve } from "../../lib/figures/localization_curve.ts";
import { matchDrawing } from "../../lib/figures/matches.ts";
import { modelDrawing } from "../../lib/figures/model_drawing.ts";
import { chartToSvg } from "../../lib/figures/render.ts";
import { withCaption } from "../../lib/figures/chart.ts";
import { residualChart } from "../../lib/figures/residual_chart.ts";
import { textWidth } from "../../lib/figures/font.ts";
import { trainingCurve } from "../../lib/figures/training_curve.ts";
import type { MapScores } from "../../lib/studies/localization/scores.ts";
import type { Detection } from "../../lib/studies/localization/detection.ts";
import { resultsOf } from "../results_fixture.ts";
import { classOf } from "../class_fixture.ts";
import { assertSnapshot } from "../snapshot.ts";

const counts = (k: number) => ({
  normal: Array.from({ length: k + 1 }, (_, i) => i + 1),
  novel: Array.from({ length: k + 1 }, (_, i) => 2 * (k - i)),
});

const SPECS = {
  figure2: figure2(counts(3)),
  training_curve_of_large_losses: trainingCurve([
    { training: 200, validation: 90 },
    { training: 45, validation: 3 },
  ]),
  training_curve: trainingCurve([
    { training: 0.1, validation: 0.08 },
    { training: 0.01, validation: 0.02 },
  ]),
  agreement_curve: agreementCurve({
    normal: Array.from({ length: 60 }, (_, i) => (i + 1) / 60),
    novel: Array.from({ length: 60 }, () => 1),
  }),
  agreement_slider: agreementSlider({ 1: counts(1), 2: counts(2) }, 2),
  cascade_curve: cascadeCurve(["output", "input"].map((name, i) => {
    const SSIM = { mean: 0.5 / (i + 1), low: 0, high: 1 };
    return { name, saliency: { SSIM }, error: { SSIM } };
  })),
  epoch_curve: epochCurve(
    [10, 20].flatMap((epochs) =>
      [0, 1].map((seed) => resultsOf({ seed, epochs }, { agreeing: seed }))
    ),
    [resultsOf({ epochs: 20 })],
  ),
  localization_curve: localizationCurve([10, 20].map((epochs) => {
    const auroc = { mean: 10 / epochs, low: 0, high: 1 };
    const blob = { pixelAuroc: auroc } as MapScores;
    const other = { pixelAuroc: { ...auroc, mean: 0 } } as MapScores;
    return {
      epochs,
      // Mean over kinds; maps without a colour are left out.
      scores: { saliency: { blob, other }, brightness: { blob } },
      detection: { "reconstruction loss": { auroc } as Detection },
    };
  })),
  class_chart: classChart(
    [true, false].map((novel, i) => ({
      ...{
        name: `model ${i}`,
        k: 10,
        gradient: "exact",
        statistics: "validation",
      },
      classes: [0, 1].map((label) => ({
        ...{ label, novel: novel === (label === 1), images: 3 },
        means: {
          ...{ majorityShare: 0.5, meanAgreement: label + i },
          maxDistance: 0,
          reconstructionLoss: 0,
        },
      })),
    })),
    ["shirt", "boot"],
  ),
  cross_over_chart: crossOverChart([[
    {
      ...{
        name: "model 0",
        k: 10,
        gradient: "exact",
        statistics: "validation",
      },
      classes: [classOf(0, false, 0.5, 3), classOf(1, true, 0.5, 4)],
    },
    {
      ...{
        name: "model 1",
        k: 10,
        gradient: "exact",
        statistics: "validation",
      },
      classes: [classOf(0, true, 0.5, 3.5), classOf(1, false, 0.5, 4.5)],
    },
  ]], ["shirt", "boot"]),
  residual_chart: residualChart([
    {
      ...{ name: "memory, seed 0", model: "memory", k: 10 },
      ratio: { normal: { mean: 0.25 }, novel: { mean: 0.5 } },
      agreement: { normal: { mean: 8 }, novel: { mean: 7 } },
      ...{
        randomSigns: { mean: 0.1 },
        cosine: { mean: 0 },
        typical: { normal: 0, novel: 1 },
        correlation: null,
      },
    },
    {
      ...{ name: "model.json", model: "convolutional", k: 10 },
      ratio: { normal: { mean: 2 }, novel: { mean: 3 } },
      agreement: { normal: { mean: 2 }, novel: { mean: 1 } },
      ...{
        randomSigns: { mean: 0.5 },
        cosine: { mean: 0 },
        typical: { normal: 0, novel: 1 },
        correlation: -0.5,
      },
    },
  ]),
  distance_histogram: distanceHistogram(
    { normal: [0, 0.5, 1.5, 3], novel: [2, 2.5] },
    10,
  ),
};

for (const [name, spec] of Object.entries(SPECS)) {
  Deno.test(`${name} has its recorded spec, and Vega draws it`, async () => {
    await assertSnapshot(`${name}.json`, spec);
    assertStringIncludes(await chartToSvg(spec), "<path");
  });
}

Deno.test("agreementSlider() draws the bars of the K it starts with, and no others", async () => {
  const svg = await chartToSvg(SPECS.agreement_slider);
  assertEquals(svg.match(/aria-roledescription="bar"/g)?.length, 2 * 3);
});

Deno.test("distanceHistogram() counts shares pixel by pixel", () => {
  const { layer } = SPECS.distance_histogram as unknown as {
    layer: { data: { values: { group: string; share?: number }[] } }[];
  };
  const normal = layer[0].data.values.filter(({ group }) => group === "normal");
  assertEquals(normal.map(({ share }) => share), [0.5, 0.25, 0, 0.25]);
});

Deno.test("epochCurve() has a mean where all seeds were measured, and nowhere else", () => {
  const runs = [[0, 10], [0, 20], [1, 20], [0, 30]].map(([seed, epochs]) =>
    resultsOf({ seed, epochs })
  );
  const { hconcat: [{ layer }] } = epochCurve(runs) as unknown as {
    hconcat: {
      layer: {
        mark: { type: string };
        data: { values: { epoch: number }[] };
      }[];
    }[];
  };
  const epochs = layer.filter(({ mark }) => mark.type === "rule")
    .map(({ data }) => data.values.map(({ epoch }) => epoch));
  assertEquals(epochs, [[20], [20]]);
});

Deno.test("chartToSvg() is as wide as its longest text, and not much wider", async () => {
  const caption = "normal: 0, 1, 2, 3, 4 · 500 epochs, seed 0 ".repeat(4);
  const svg = await chartToSvg(withCaption(SPECS.figure2, caption));
  const [, width] = svg.match(/width="(\d+)"/)!;
  const needed = textWidth(caption.trim(), 12);
  assert(Number(width) > needed && Number(width) < needed + 60, width);
});

Deno.test("modelDrawing() is as recorded", async () => {
  await assertSnapshot("model_drawing.svg", modelDrawing());
});

Deno.test("matchDrawing() tells agreement and the longest of the distances", async () => {
  const svg = await matchDrawing({
    image: new Float32Array(35),
    width: 7,
    salient: [0, 8, 30],
    wrong: [8, 34],
  });
  assertStringIncludes(svg, "in both: 1");
  // From 0 (row 0, column 0) to 8 (1, 1) √2; from 30 (4, 2) to 8 √10.
  assertStringIncludes(svg, "the longest: 3.16 pixels");
  // Two sets of squares, and two lines and two samples of two strokes: 8
  // matches itself.
  assertEquals(
    svg.match(/<rect x="[\d.]+" y="[\d.]+" width="(12|5)"/g)?.length,
    5,
  );
  assertEquals(svg.match(/<line/g)?.length, 8);
});

Deno.test("imageGrid() makes room for long titles, and leaves others where they are", async () => {
  const tiles = [{ values: [0, 1, 1, 0], width: 2, colormap: inferno }];
  const placeOf = async (title: string) => {
    const svg = await imageGrid({ rows: [{ title, tiles }] });
    const [, end] = svg.match(/<text x="([\d.]+)"/)!;
    const [, picture] = svg.match(/<image x="([\d.]+)"/)!;
    return [Number(end), Number(picture)];
  };
  assertEquals(await placeOf("digit 7, novel"), [86, 96]);
  // The longest line, right-aligned, of any letters.
  for (const line of ["error × gradient of energy", "MT_BLOWHOLE_DEFECT"]) {
    const [end, picture] = await placeOf(`${line}, novel`);
    assert(end >= textWidth(line, 11), `${line} ends at ${end}`);
    assertEquals(picture, end + 10);
  }
});

Deno.test("imageGrid() draws rows of any length, with a bar where asked", async () => {
  const tile = { values: [0, 1], width: 2, colormap: gray };
  const rows = [
    { title: "a", tiles: [tile, tile] },
    { title: "b", tiles: [tile] },
  ];
  const plain = await imageGrid({ rows });
  assertEquals(plain.match(/<image/g)?.length, 3);
  const bar = { label: "share", ends: ["0", "1"], from: 1 } as const;
  const widths = async (...colorBars: ColorBar[]) => {
    const svg = await imageGrid({ columns: ["x", "y"], rows, colorBars });
    assertStringIncludes(svg, ">share<");
    return [...svg.matchAll(/<image [^>]*width="(\d+)"/g)].slice(3)
      .map(([, width]) => Number(width));
  };
  // A column is 84 wide, and 6 from the next.
  assertEquals(await widths(bar), [84]);
  assertEquals(await widths({ ...bar, from: 0 }), [174]);
  assertEquals(await widths({ ...bar, from: 0, to: 0 }, bar), [84, 84]);
});

Deno.test("difference is white at 0, red above, blue below", () => {
  const [r, g, b] = difference(0);
  assert(Math.min(r, g, b) > 235, `${difference(0)}`);
  assert(difference(1)[0] > difference(1)[2]);
  assert(difference(-1)[2] > difference(-1)[0]);
  assertEquals(difference(5), difference(1));
  assertEquals(inferno(0).length, 3);
});
