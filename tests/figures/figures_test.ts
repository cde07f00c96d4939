import { trainingCurve } from "../../lib/figures/training_curve.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { gray, inferno } from "../../lib/figures/colors.ts";
import { figure1 } from "../../lib/figures/figure1.ts";
import { figure2 } from "../../lib/figures/figure2.ts";
import { chartToSvg, mapToPng, svgToPng } from "../../lib/figures/render.ts";
import { tf } from "../../lib/tensor/tensorflow.ts";

const isPng = (bytes: Uint8Array) => bytes[0] === 0x89 && bytes[1] === 0x50;

Deno.test("gray and inferno go from dark to bright and clip what is outside", () => {
  assertEquals([gray(0), gray(1)], [[0, 0, 0], [255, 255, 255]]);
  assertEquals(gray(-3), gray(0));
  assertEquals(inferno(7), inferno(1));
  const luminance = Array.from({ length: 20 }, (_, i) => {
    const [r, g, b] = inferno(i / 19);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
  assertEquals(luminance, luminance.toSorted((a, b) => a - b));
});

Deno.test("mapToPng() draws one pixel a value", async () => {
  const png = await mapToPng([0, 1, 1, 0, 0.5, 0], 3, gray);
  const image = tf.node.decodePng(png, 3);
  assertEquals(image.shape, [2, 3, 3]);
  assertEquals([...image.slice([0, 0, 0], [2, 3, 1]).dataSync()], [
    ...[0, 255, 255],
    ...[0, 128, 0],
  ]);
  image.dispose();
});

Deno.test("figure1() has a row an image, five tiles each, and its titles", async () => {
  const map = Float32Array.of(0, 1, 2, 3);
  const row = {
    title: "normal, digit 3",
    width: 2,
    input: map,
    reconstruction: map,
    saliency: map,
    error: new Float32Array(4),
  };
  const svg = await figure1([row, row]);
  // A colour bar comes below the tiles.
  assertEquals(svg.match(/<image/g)?.length, 2 * 5 + 1);
  assertStringIncludes(svg, ">squared saliency<");
  assertStringIncludes(svg, ">digit 3<");
  assert(isPng(svgToPng(svg)));
});

const counts = { normal: [1, 2, 1], novel: [6, 0, 2] };

Deno.test("figure2() holds the share of images for each agreement", () => {
  const { data, encoding } = figure2(counts) as unknown as {
    data: { values: unknown[] };
    encoding: { x: { title: string } };
  };
  assertEquals(data.values[1], {
    group: "normal",
    agreement: 1,
    images: 2,
    share: 0.5,
  });
  assertEquals(data.values.length, 6);
  assertStringIncludes(encoding.x.title, "top-2 agreement");
});

Deno.test("chartToSvg() draws six bars and their axis titles", async () => {
  const svg = await chartToSvg(figure2(counts));
  assertStringIncludes(svg, "share of images");
  assertEquals(svg.match(/aria-roledescription="bar"/g)?.length, 6);
  assert(isPng(svgToPng(svg)));
});

Deno.test("trainingCurve() has axes after one epoch, too", () => {
  const { encoding } = trainingCurve([
    { training: 0.03, validation: 0.04 },
  ]) as unknown as {
    encoding: Record<"x" | "y", { scale: { domain: number[] } }>;
  };
  assertEquals(encoding.x.scale.domain, [1, 2]);
  assertEquals(encoding.y.scale.domain, [0.02, 0.05]);
});
