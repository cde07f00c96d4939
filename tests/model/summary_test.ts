import { assertEquals } from "@std/assert";
import { layerRows } from "../../lib/model/summary.ts";
import { ENTRIES } from "../../lib/model/autoencoders/convolutional.ts";
import { sizeOf } from "../../lib/weights/state_dict.ts";
import { assertNoLeak } from "../assert.ts";

Deno.test("layerRows() counts every parameter once", () => {
  const all = ENTRIES.filter(({ kind }) => kind === "parameter")
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  assertEquals(layerRows().reduce((sum, row) => sum + row.parameters, 0), all);
});

Deno.test("layerRows() follows the image down to 7×7×64 and back up", () => {
  const outputs = layerRows().filter(({ name }) => name.endsWith("conv1b"))
    .map(({ output }) => output.join("×"));
  assertEquals(outputs, ["14×14×32", "7×7×64", "14×14×32", "28×28×16"]);
  assertEquals(layerRows().at(-1), {
    name: "decoder.conv.2",
    kind: "convolution 1×1",
    output: [28, 28, 1],
    parameters: 16,
  });
});

Deno.test("layerRows() leaves no tensors behind", () => {
  assertNoLeak(() => void layerRows());
});
