import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertThrows,
} from "@std/assert";
import { modelDrawing } from "../../lib/figures/model_drawing.ts";
import { computeMaps, errorMap } from "../../lib/maps/maps.ts";
import {
  autoencoderNamed,
  autoencoderOf,
  AUTOENCODERS,
  MODEL_NAMES,
  modelNameOf,
} from "../../lib/model/autoencoders/mod.ts";
import { freeze } from "../../lib/model/evaluation_mode.ts";
import { imageSize, MNIST_SHAPE } from "../../lib/model/image_shape.ts";
import { initialise } from "../../lib/model/parameters.ts";
import { modelSummary } from "../../lib/model/summary.ts";
import { type Tensor4D, tf } from "../../lib/tensor/tensorflow.ts";
import {
  disposeTraining,
  initTraining,
  trainedWeights,
} from "../../lib/training/state.ts";
import { trainingStep } from "../../lib/training/step.ts";
import { modelFile, readModel } from "../../lib/training/model_file.ts";
import {
  PAPER_SETTINGS,
  type RunSettings,
} from "../../lib/training/settings.ts";
import { haveSameBits } from "../assert.ts";

const SHAPE = { height: 32, width: 20, channels: 3 };
const batch = tf.randomUniform([4, 32, 20, 3], 0, 1, "float32", 4) as Tensor4D;

for (const name of MODEL_NAMES) {
  const autoencoder = AUTOENCODERS[name](SHAPE);

  Deno.test(`${name}: trains on colour images of 32×20, and gives one map an image`, () => {
    const start = initTraining(1, autoencoder);
    const before = trainedWeights(start);
    const first = trainingStep(start, batch, 1e-3);
    const second = trainingStep(first.state, batch, 1e-3);
    const weights = trainedWeights(second.state);
    disposeTraining(second.state);
    assert(second.loss < first.loss);
    const { name: array } = autoencoder.arrays[0];
    assert(weights.get(array)!.data[0] !== before.get(array)!.data[0]);

    const model = freeze(weights, { autoencoder });
    const maps = computeMaps(model.reconstruct, batch);
    assertEquals(maps.reconstruction.shape, [4, 32, 20, 3]);
    assertEquals(maps.error.shape, [4, 32, 20]);
    assertEquals(maps.saliency.shape, [4, 32, 20]);
    model.dispose();
  });

  Deno.test(`${name}: modelSummary() and modelDrawing() are of its image's shape`, () => {
    // Layers of a model's own loss come after those of the image.
    const { output } = modelSummary(autoencoder)
      .findLast(({ block }) => block)!;
    assertEquals(output.reduce((a, b) => a * b), imageSize(SHAPE));
    assert(modelDrawing(autoencoder).includes(">32×20×3<"));
    assert(!modelDrawing(autoencoder).includes("28×28"));
  });

  Deno.test(`${name}: a model of images that are not square is written and read again`, () => {
    const settings: RunSettings = {
      ...{ ...PAPER_SETTINGS, seed: 0, data: "/some/folder" },
      ...{ normalClasses: [0], model: name, shape: SHAPE },
    };
    const weights = initialise(autoencoder.arrays, 0);
    const read = readModel(modelFile(settings, { weights, history: [] }));
    assertEquals(read.autoencoder, autoencoder);
    assert(haveSameBits(read.weights, weights));
  });

  Deno.test(`${name}: weights tell the side of square images`, () => {
    // Those of dense layers alone do not tell the number of channels.
    const isDense = !autoencoder.arrays.some(({ operation }) =>
      operation === "conv"
    );
    const channels = isDense ? 1 : 3;
    const shape = { height: 40, width: 40, channels };
    const { arrays } = AUTOENCODERS[name](shape);
    const found = autoencoderOf(initialise(arrays, 0));
    assertEquals([found.shape, found.arrays], [shape, arrays]);
  });

  Deno.test(`${name}: with the shape given, weights of images that are not square are known`, () => {
    const { arrays } = autoencoder;
    const found = autoencoderOf(initialise(arrays, 0), SHAPE);
    assertEquals([found.shape, found.arrays], [SHAPE, arrays]);
    assertEquals(autoencoderNamed({ model: name, shape: SHAPE }), autoencoder);
  });
}

Deno.test("the saliency of a 32×20×3 model is the central difference of its loss", () => {
  const autoencoder = AUTOENCODERS.convolutional(SHAPE);
  const model = freeze(initialise(autoencoder.arrays, 3), { autoencoder });
  const image = batch.slice([1], [1]) as Tensor4D;
  const { gradient, saliency } = computeMaps(model.reconstruct, image);
  const loss = (x: Tensor4D) => {
    // Summed in 64 bits: one pixel changes the mean of many by little.
    const errors = Float64Array.from(
      errorMap(x, model.reconstruct(x)).dataSync(),
    );
    return errors.reduce((sum, v) => sum + v, 0) / errors.length;
  };
  const step = 1e-2;
  for (const [row, column] of [[0, 0], [31, 19], [17, 3], [5, 12]]) {
    const slopes = [0, 1, 2].map((channel) => {
      const at = (size: number) => {
        const buffer = tf.buffer([1, 32, 20, 3]);
        buffer.set(size, 0, row, column, channel);
        return loss(tf.add(image, buffer.toTensor()) as Tensor4D);
      };
      return (at(step) - at(-step)) / (2 * step);
    });
    slopes.forEach((slope, channel) => {
      const exact = gradient.bufferSync().get(0, row, column, channel);
      assertAlmostEquals(slope, exact, 1e-6 + 0.01 * Math.abs(exact));
    });
    const largest = Math.max(...slopes.map(Math.abs));
    const found = saliency.bufferSync().get(0, row, column);
    assertAlmostEquals(largest, found, 1e-6 + 0.01 * found);
  }
  model.dispose();
});

for (const name of ["convolutional", "denoising", "variational"] as const) {
  Deno.test(`${name}: images of 30×28, of no height or of 2 channels are refused`, () => {
    for (
      const [change, text] of [
        [{ height: 30 }, "30×28×1"],
        [{ width: 18 }, "28×18×1"],
        [{ height: 0 }, "0×28×1"],
        [{ height: -4 }, "-4×28×1"],
        [{ height: NaN }, "NaN×28×1"],
        [{ channels: 2 }, "28×28×2"],
      ] as const
    ) {
      assertThrows(
        () => AUTOENCODERS[name]({ ...MNIST_SHAPE, ...change }),
        RangeError,
        text,
      );
    }
  });
}

Deno.test("the dense autoencoder takes 30×28 with 2 channels, and refuses half a pixel", () => {
  const shape = { height: 30, width: 28, channels: 2 };
  const dense = AUTOENCODERS.dense(shape);
  const found = autoencoderOf(initialise(dense.arrays, 0), shape);
  assertEquals(found, dense);
  for (const height of [30.5, 0, -1, NaN]) {
    assertThrows(() => AUTOENCODERS.dense({ ...shape, height }), RangeError);
  }
});

Deno.test("modelNameOf() names the model with most in common when arrays are missing, strange or of another shape", () => {
  const { arrays } = AUTOENCODERS.variational({
    ...MNIST_SHAPE,
    channels: 3,
  });
  const weights = initialise(arrays, 0);
  weights.delete("encoder.fc.log_variance.bias");
  weights.delete("decoder.fc.0.weight");
  weights.set("extra", { shape: [1], data: Float32Array.of(1) });
  weights.set("encoder.fc.1.bias", { shape: [2], data: new Float32Array(2) });
  assertEquals(modelNameOf(weights), "variational");
  assertEquals(autoencoderOf(weights).shape, { ...MNIST_SHAPE, channels: 3 });
});

Deno.test("autoencoderOf() takes the paper's model at MNIST's shape where weights tell neither", () => {
  const paper = AUTOENCODERS.convolutional();
  assertEquals(autoencoderOf(new Map()), paper);
  const odd = initialise(AUTOENCODERS.convolutional(SHAPE).arrays, 0);
  assertEquals(autoencoderOf(odd), paper);
  const twoChannels = initialise(paper.arrays, 0);
  const name = "encoder.conv.0.conv1a.weight";
  const data = new Float32Array(32 * 2 * 9);
  twoChannels.set(name, { shape: [32, 2, 3, 3], data });
  assertEquals(autoencoderOf(twoChannels), paper);
});

Deno.test("autoencoderOf() refuses a shape that no model takes", () => {
  const weights = initialise(AUTOENCODERS.dense().arrays, 0);
  const shape = { height: 2.5, width: 28, channels: 1 };
  assertThrows(() => autoencoderOf(weights, shape), RangeError, "2.5×28×1");
});

Deno.test("a model refuses images turned by 90°, which have as many pixels", () => {
  const autoencoder = AUTOENCODERS.convolutional(SHAPE);
  const model = freeze(initialise(autoencoder.arrays, 0), { autoencoder });
  assertThrows(
    () => model.reconstruct(tf.zeros([1, 20, 32, 3])),
    RangeError,
    "the images are 20×32×3, the model's 32×20×3",
  );
  model.dispose();
});
