import { assertEquals } from "@std/assert";
import { randomStream, shuffle, uniform } from "../lib/random.ts";

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
