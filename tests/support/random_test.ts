import { assertEquals, assertThrows } from "@std/assert";
import {
  anomalyStream,
  randomStream,
  shuffle,
  uniform,
} from "../../lib/support/random.ts";

const firstThree = (stream: { next(): number }) => [
  stream.next(),
  stream.next(),
  stream.next(),
];

Deno.test("randomStream() gives the numbers that results were recorded with", () => {
  const streams = [
    randomStream(0, "split"),
    randomStream(0, "weights"),
    randomStream(0, "order"),
    randomStream(0, "figure"),
    randomStream(7, "split", 9),
    randomStream(7, "order", 3),
    randomStream(2 ** 32 - 1, "figure"),
  ];
  assertEquals(streams.map(firstThree), [
    [-1, -65537, -16777216],
    [-351564776, 99802779, 1512612537],
    [1838760150, 815271834, -1593568417],
    [404294443, -938297044, -269700670],
    [-939728896, 932319342, -721414468],
    [320195147, 17134946, 21763180],
    [-665711020, 1459338936, -1922331282],
  ]);
});

Deno.test("anomalyStream() gives other numbers for another seed or index, and than randomStream()", () => {
  const streams = [0, 1, 2 ** 32 - 1].flatMap((seed) => [
    ...[0, 1, 6].map((index) => anomalyStream(seed, index)),
    ...(["split", "weights", "order", "figure"] as const)
      .map((use) => randomStream(seed, use)),
  ]);
  const firsts = new Set(streams.map((stream) => firstThree(stream).join()));
  assertEquals(firsts.size, streams.length);
});

Deno.test("anomalyStream() keeps its numbers", () => {
  assertEquals(firstThree(anomalyStream(0)), [
    604813371,
    2146219886,
    1545380030,
  ]);
  assertEquals(firstThree(anomalyStream(7, 2)), [
    973525121,
    1784781056,
    -219438982,
  ]);
});

Deno.test("randomStream() gives other numbers for another seed, use or index", () => {
  const streams = [
    randomStream(0, "order"),
    randomStream(1, "order"),
    randomStream(0, "split"),
    randomStream(0, "order", 1),
    randomStream(0, "order", 2),
  ];
  const firsts = new Set(streams.map((stream) => stream.next()));
  assertEquals(firsts.size, streams.length);
});

Deno.test("shuffle() gives each of the 6 orders of 3 items equally often", () => {
  const random = randomStream(0, "order");
  const counts = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const key = shuffle([1, 2, 3], random).join("");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assertEquals(counts.size, 6);
  // Five standard deviations of a binomial count of mean 1000.
  for (const count of counts.values()) {
    assertEquals(Math.abs(count - 1000) < 145, true);
  }
});

Deno.test("uniform() stays within its bounds, and near their middle on average", () => {
  const random = randomStream(0, "order");
  const values = Array.from({ length: 10_000 }, () => uniform(random, -2, 4));
  assertEquals(values.every((value) => value >= -2 && value < 4), true);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  assertEquals(Math.abs(mean - 1) < 0.1, true);
});

Deno.test("randomStream() refuses a use that there is not, and numbers that are not whole", () => {
  const bad: [number, string, number][] = [
    [7, "bootstrap", 0],
    [0.5, "order", 0],
    [7, "order", NaN],
  ];
  for (const [seed, use, index] of bad) {
    assertThrows(
      () => randomStream(seed, use as never, index),
      RangeError,
      "a whole seed, a use (split, weights, order, figure)",
    );
  }
});
