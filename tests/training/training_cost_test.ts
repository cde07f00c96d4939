import { assert, assertEquals, assertThrows } from "@std/assert";
import { tf } from "../../lib/tensor/tensorflow.ts";
import { dense } from "../../lib/model/autoencoders/dense.ts";
import { initTraining } from "../../lib/training/state.ts";
import { trainingCost } from "../../lib/training/training_cost.ts";

Deno.test("trainingCost() tells the steps that are left and their time, and leaves no tensor", () => {
  const training = {
    ...{ height: 4, width: 4, channels: 1 },
    pixels: Uint8Array.from({ length: 100 * 16 }, (_, i) => (i * i) % 251),
    labels: new Uint8Array(100),
  };
  const before = tf.memory().numTensors;
  const state = initTraining(0, dense(training));
  const start = {
    ...state,
    history: [{ training: 1, validation: 1 }],
  };
  const began = performance.now();
  const { images, steps, seconds } = trainingCost(start, training, {
    ...{ seed: 0, epochs: 3, batchSize: 32, learningRate: 0.01 },
    ...{ normalClasses: [0], data: "mnist" },
  });
  const took = (performance.now() - began) / 1000;
  // A tenth validates; 90 images are three batches; two epochs are left.
  assertEquals([images, steps], [90, 6]);
  assert(seconds > 0 && seconds <= (6 + 2) * took, `${seconds} s`);
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("trainingCost() leaves no tensor where there are too few images to part", () => {
  const training = {
    ...{ height: 4, width: 4, channels: 1 },
    ...{ pixels: new Uint8Array(16), labels: new Uint8Array(1) },
  };
  const before = tf.memory().numTensors;
  const start = initTraining(0, dense(training));
  assertThrows(
    () =>
      trainingCost(start, training, {
        ...{ seed: 0, epochs: 3, batchSize: 32, learningRate: 0.01 },
        ...{ normalClasses: [0], data: "mnist" },
      }),
    Error,
    "image",
  );
  assertEquals(tf.memory().numTensors, before);
});
