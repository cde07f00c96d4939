import { dense } from "../../../lib/model/autoencoders/dense.ts";
import { initialise } from "../../../lib/model/parameters.ts";
import { freeze } from "../../../lib/model/evaluation_mode.ts";
import { randomStream, uniform } from "../../../lib/support/random.ts";
import { tf } from "../../../lib/tensor/tensorflow.ts";
import { assertNear } from "../../assert.ts";

const DENSE = dense();

Deno.test("the dense autoencoder is what its formula says, number by number", () => {
  const weights = initialise(DENSE.arrays, 1);
  const random = randomStream(1, "figure");
  for (const [name, { data }] of weights) {
    if (!/fc\.1\./.test(name)) continue;
    // Batch norm that does something.
    for (let i = 0; i < data.length; i++) data[i] = uniform(random, 0.5, 1.5);
  }
  const get = (name: string) => weights.get(name)!.data;
  const linear = (name: string, x: number[]) =>
    Array.from(
      get(`${name}.bias`),
      (bias, o) =>
        x.reduce(
          (sum, v, i) => sum + v * get(`${name}.weight`)[o * x.length + i],
          bias,
        ),
    );
  const norm = (name: string, x: number[]) =>
    x.map((v, i) => {
      const [mean, variance, scale, shift] = [
        ...["running_mean", "running_var", "weight", "bias"],
      ].map((part) => get(`${name}.${part}`)[i]);
      return (v - mean) / Math.sqrt(variance + 1e-5) * scale + shift;
    });
  const leaky = (x: number[]) => x.map((v) => v > 0 ? v : 0.01 * v);
  const image = Array.from({ length: 784 }, () => uniform(random, 0, 1));
  const hidden = leaky(norm("encoder.fc.1", linear("encoder.fc.0", image)));
  const code = linear("encoder.fc.3", hidden).map((v) =>
    1 / (1 + Math.exp(-v))
  );
  const back = leaky(norm("decoder.fc.1", linear("decoder.fc.0", code)));
  const expected = linear("decoder.fc.3", back);
  const model = freeze(weights);
  const y = model.reconstruct(tf.tensor4d(image, [1, 28, 28, 1]));
  assertNear(y.dataSync(), expected, 1e-5);
  model.dispose();
});
