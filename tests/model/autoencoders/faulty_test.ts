import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { CONVOLUTIONAL } from "../../../lib/model/autoencoders/convolutional.ts";
import { faulty } from "../../../lib/model/autoencoders/faulty.ts";
import type { Autoencoder } from "../../../lib/model/parameters.ts";
import { sizeOf } from "../../../lib/weights/state_dict.ts";
import { lossAndGradient } from "../../../lib/training/step.ts";
import {
  disposeTraining,
  specsOf,
  trainingFrom,
} from "../../../lib/training/state.ts";
import { tf } from "../../../lib/tensor/tensorflow.ts";
import { toBatch } from "../../../lib/data/images.ts";
import { loadTest } from "../../../lib/data/mnist.ts";
import { referenceModel } from "../../reference.ts";
import fixture from "../../fixtures/torch_2021_step.json" with { type: "json" };

const first64 = Array.from({ length: 64 }, (_, i) => i);
const test = await loadTest();

/** The norm of each array's gradient for the reference model, by name. */
function gradientNorms(autoencoder: Autoencoder) {
  const state = trainingFrom(referenceModel());
  const batch = toBatch(test, first64);
  const { loss, gradient, observed } = lossAndGradient(
    state.parameters,
    batch,
    autoencoder,
  );
  const values = gradient.dataSync();
  let offset = 0;
  const norms = specsOf(autoencoder, "parameter").map(({ name, shape }) => {
    const part = values.subarray(offset, offset += sizeOf(shape));
    const squares = Array.from(part).reduce(
      (sum, value) => sum + value ** 2,
      0,
    );
    return [name, Math.sqrt(squares)] as const;
  });
  tf.dispose([gradient, observed, batch]);
  disposeTraining(state);
  return { loss, norms: Object.fromEntries(norms) };
}

Deno.test("the faulty model has the loss and the gradient of PyTorch 1.8.1, wrong from the second shortcut on", () => {
  const { loss, norms } = gradientNorms(faulty());
  const right = gradientNorms(CONVOLUTIONAL);
  assertAlmostEquals(loss / fixture.loss, 1, 1e-4);
  assertEquals(loss, right.loss);
  for (const [name, expected] of Object.entries(fixture.gradientNorms)) {
    assertAlmostEquals(norms[name] / expected, 1, 1e-3, name);
  }
  // Behind the faulty layer nothing differs; the layer and those before do.
  for (
    const name of ["decoder.conv.2.weight", "decoder.conv.1.conv1b.weight"]
  ) {
    assertEquals(norms[name], right.norms[name]);
  }
  for (
    const name of [
      "decoder.conv.1.conv2a.weight",
      "encoder.conv.0.conv1a.weight",
    ]
  ) {
    assert(Math.abs(norms[name] / right.norms[name] - 1) > 0.01, name);
  }
});
