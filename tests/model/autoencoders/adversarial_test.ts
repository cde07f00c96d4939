import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { adversarial } from "../../../lib/model/autoencoders/adversarial.ts";
import { freeze } from "../../../lib/model/evaluation_mode.ts";
import {
  type Autoencoder,
  initialise,
  type Layers,
} from "../../../lib/model/parameters.ts";
import { sizeOf, type StateDict } from "../../../lib/weights/state_dict.ts";
import {
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tf,
} from "../../../lib/tensor/tensorflow.ts";
import { lossAndGradient } from "../../../lib/training/step.ts";
import {
  disposeTraining,
  initTraining,
  specsOf,
} from "../../../lib/training/state.ts";
import { assertNear } from "../../assert.ts";

const SHAPE = { height: 8, width: 12, channels: 3 };
const MODEL = adversarial(SHAPE);
const x = tf.randomUniform([16, 8, 12, 3], 0, 1, "float32", 4) as Tensor4D;
const PIXELS = 8 * 12 * 3;

/** D's logit of one image, from PyTorch's arrays, in plain loops. */
function logit(weights: StateDict, image: number[][][]): number {
  const halve = (image: number[][][], layer: string) => {
    const { shape: [outputs, inputs], data } = weights.get(`${layer}.weight`)!;
    const leaky = (value: number) => value > 0 ? value : 0.01 * value;
    return Array.from(
      { length: image.length / 2 },
      (_, y) =>
        Array.from(
          { length: image[0].length / 2 },
          (_, x) =>
            Array.from({ length: outputs }, (_, output) => {
              let sum = 0;
              for (let i = 0; i < inputs * 9; i++) {
                const [channel, row, column] = [
                  Math.floor(i / 9),
                  2 * y + Math.floor(i / 3) % 3 - 1,
                  2 * x + i % 3 - 1,
                ];
                const pixel = image[row]?.[column]?.[channel] ?? 0;
                sum += pixel * data[output * inputs * 9 + i];
              }
              return leaky(sum);
            }),
        ),
    );
  };
  const half = halve(image, "discriminator.conv.0");
  const quarter = halve(half, "discriminator.conv.1");
  const { data } = weights.get("discriminator.fc.weight")!;
  const area = quarter.length * quarter[0].length;
  let sum = weights.get("discriminator.fc.bias")!.data[0];
  quarter.flat().forEach((pixel, place) =>
    pixel.forEach((value, c) => sum += value * data[c * area + place])
  );
  return sum;
}

Deno.test("the discriminator has two convolutions of 32 and 64 channels, and one number out", () => {
  const own = adversarial().arrays.filter(({ name }) =>
    name.startsWith("discriminator") && name.endsWith("weight")
  );
  assertEquals(own.map(({ shape }) => shape), [
    [32, 1, 3, 3],
    [64, 32, 3, 3],
    [1, 64 * 7 * 7],
  ]);
});

Deno.test("adversarial scores are −logit D of images and of reconstructions", () => {
  const weights = initialise(MODEL.arrays, 3);
  const model = freeze(weights, { autoencoder: MODEL });
  assertEquals(Object.keys(model.scores), ["−logit D(x)", "−logit D(R(x))"]);
  const novelty = (images: Tensor4D) =>
    images.arraySync().map((image) => -logit(weights, image));
  assertNear(model.scores["−logit D(x)"](x).dataSync(), novelty(x), 1e-5);
  const made = novelty(model.reconstruct(x));
  assertNear(model.scores["−logit D(R(x))"](x).dataSync(), made, 1e-5);
  model.dispose();
});

Deno.test("adversarial scores tell images apart of which the discriminator is sure", () => {
  for (const sure of [-100, 100]) {
    const weights = initialise(MODEL.arrays, 3);
    weights.get("discriminator.fc.bias")!.data[0] = sure;
    const model = freeze(weights, { autoencoder: MODEL });
    const score = model.scores["−logit D(x)"];
    assert(new Set(score(x).dataSync()).size > 8);
    const { grad } = tf.valueAndGrad((x) => tf.sum(score(x as Tensor4D)))(x);
    assert(grad.dataSync().some((value) => value !== 0));
    model.dispose();
  }
});

/** The model with the adversarial part of its loss alone. */
const PLAY = {
  ...MODEL,
  loss: (x: Tensor4D, y: Tensor4D, layers: Layers) =>
    tf.sub(
      MODEL.loss!(x, y, layers),
      tf.losses.meanSquaredError(x, y),
    ) as Scalar,
};

Deno.test("the adversarial loss is r̄ and −log D(x) − log(1 − D(R(x̃))) over 0.4·P", () => {
  const state = initTraining(1, MODEL);
  let reconstruction: number[][][][] = [];
  const { loss } = lossAndGradient(state.parameters, x, {
    ...PLAY,
    reconstruct(x: Tensor4D, layers: Layers) {
      const y = MODEL.reconstruct(x, layers);
      reconstruction = y.arraySync();
      return y;
    },
  }, 7);
  const weights = initialise(MODEL.arrays, 1);
  const d = (image: number[][][]) => 1 / (1 + Math.exp(-logit(weights, image)));
  const sum = x.arraySync().reduce(
    (sum, image, i) =>
      sum - Math.log(d(image)) - Math.log(1 - d(reconstruction[i])),
    0,
  );
  assertAlmostEquals(loss, sum / 16 / (0.4 * PIXELS), 1e-6);
  disposeTraining(state);
});

/** Which of all parameters are the discriminator's, [P] of 0 and 1. */
const ofDiscriminator = tf.tensor1d(
  specsOf(MODEL, "parameter").flatMap(({ name, shape }) =>
    Array<number>(sizeOf(shape)).fill(+name.startsWith("discriminator."))
  ),
);

/** A player's slope of the loss along its own gradient, by the gradient's norm. */
function slopeAlong(model: Autoencoder, player: Tensor, step: number): number {
  const { parameters } = initTraining(1, MODEL);
  const lossAt = (parameters: Tensor1D) =>
    lossAndGradient(parameters, x, model, 7);
  const own = tf.mul(lossAt(parameters).gradient, player);
  const norm = tf.norm(own).dataSync()[0];
  const [up, down] = [step, -step].map((by) =>
    lossAt(tf.add(parameters, tf.mul(own, by / norm))).loss
  );
  return (up - down) / (2 * step) / norm;
}

Deno.test("the discriminator descends the adversarial loss, and the reconstructor climbs it", () => {
  const reconstructor = tf.sub(1, ofDiscriminator);
  assertAlmostEquals(slopeAlong(PLAY, ofDiscriminator, 5e-2), 1, 2e-2);
  assertAlmostEquals(slopeAlong(PLAY, reconstructor, 5e-4), -1, 2e-2);
});

Deno.test("the discriminator's gradient is that of the adversarial loss alone, the reconstructor's has r̄'s too", () => {
  const { parameters } = initTraining(1, MODEL);
  const error = {
    ...MODEL,
    loss: (x: Tensor4D, y: Tensor4D) =>
      tf.losses.meanSquaredError(x, y) as Scalar,
    // Parameters without a part in the loss have no gradient at all.
    reconstruct(x: Tensor4D, layers: Layers) {
      layers.addLoss(() => tf.mul(PLAY.loss(x, x, layers), 0) as Scalar);
      return MODEL.reconstruct(x, layers);
    },
  };
  const [whole, play, plain] = [MODEL, PLAY, error].map((model) =>
    lossAndGradient(parameters, x, model, 7).gradient
  );
  assertNear(whole.dataSync(), tf.add(play, plain).dataSync(), 1e-5);
  const pull = tf.mul(plain, ofDiscriminator).dataSync();
  assert(pull.every((value) => value === 0));
});

Deno.test("the adversarial noise has a deviation of 0.155, and is not cut off", () => {
  const zeros = tf.zeros([50, 8, 12, 3]) as Tensor4D;
  const noisy = MODEL.corrupt!(zeros, 0);
  const { mean, variance } = tf.moments(noisy);
  assertAlmostEquals(mean.dataSync()[0], 0, 5e-3);
  assertAlmostEquals(Math.sqrt(variance.dataSync()[0]), 0.155, 2e-3);
  assertEquals(MODEL.corrupt!(zeros, 0).dataSync(), noisy.dataSync());
  assert(MODEL.corrupt!(zeros, 1).dataSync()[0] !== noisy.dataSync()[0]);
});

Deno.test("the adversarial loss stays finite where the discriminator is certain and wrong", () => {
  const state = initTraining(1, MODEL);
  const sure = tf.mul(state.parameters, 1e4) as Tensor1D;
  const { loss, gradient } = lossAndGradient(sure, x, MODEL, 7);
  assert(Number.isFinite(loss));
  assertEquals(tf.all(tf.isFinite(gradient)).dataSync()[0], 1);
  disposeTraining(state);
});
