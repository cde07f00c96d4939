import { assertEquals } from "@std/assert";
import { dense } from "../../../lib/model/autoencoders/dense.ts";
import { shapeOfWeights } from "../../../lib/model/autoencoders/shape_of_weights.ts";
import { MNIST_SHAPE } from "../../../lib/model/image_shape.ts";
import { initialise } from "../../../lib/model/parameters.ts";

/** Weights of a first dense layer for some inputs, and nothing else. */
const withInputs = (inputs: number) =>
  new Map([["encoder.fc.0.weight", {
    shape: [1, inputs],
    data: new Float32Array(inputs),
  }]]);

Deno.test("shapeOfWeights() reads the side of square grey images from a dense model", () => {
  for (const side of [1, 7]) {
    const shape = { height: side, width: side, channels: 1 };
    const weights = initialise(dense(shape).arrays, 0);
    assertEquals(shapeOfWeights(weights), shape);
  }
});

Deno.test("shapeOfWeights() takes MNIST's shape where weights tell none", () => {
  for (const weights of [new Map(), withInputs(0), withInputs(10)]) {
    assertEquals(shapeOfWeights(weights), MNIST_SHAPE);
  }
});
