import { assertEquals } from "@std/assert";
import { modelSummary } from "../../lib/model/summary.ts";
import { ARRAYS } from "../../lib/model/autoencoders/convolutional.ts";
import { sizeOf } from "../../lib/weights/state_dict.ts";
import { assertNoLeak } from "../assert.ts";

Deno.test("modelSummary() counts every parameter once", () => {
  const all = ARRAYS.filter(({ kind }) => kind === "parameter")
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  assertEquals(
    modelSummary().reduce((sum, row) => sum + row.parameters, 0),
    all,
  );
});

Deno.test("modelSummary() follows the image down to 7×7×64 and back up", () => {
  const outputs = modelSummary().filter(({ name }) => name.endsWith("conv1b"))
    .map(({ output }) => output.join("×"));
  assertEquals(outputs, ["14×14×32", "7×7×64", "14×14×32", "28×28×16"]);
  assertEquals(modelSummary().at(-1), {
    name: "decoder.conv.2",
    kind: "convolution 1×1",
    output: [28, 28, 1],
    parameters: 16,
    block: { name: "decoder.conv.2", part: "output" },
  });
});

Deno.test("modelSummary() tells kernels, strides and batch norm", () => {
  const kindOf = (name: string) =>
    modelSummary().find((row) => row.name === name)?.kind;
  const names = ["conv1a", "conv1b", "conv2a"]
    .map((name) => `encoder.conv.0.${name}`);
  assertEquals(names.map(kindOf), [
    "convolution 3×3, stride 2, batch norm",
    "convolution 3×3, batch norm",
    "convolution 1×1, stride 2, batch norm",
  ]);
});

Deno.test("modelSummary() leaves no tensors behind", () => {
  assertNoLeak(() => void modelSummary());
});
