import type { StateDict } from "../lib/weights/state_dict.ts";

/** Feature maps as PyTorch has them: [C, H, W]. */
export interface Features {
  channels: number;
  height: number;
  width: number;
  data: Float64Array;
}

/** Black ones. */
export const features = (channels: number, height: number, width: number) => ({
  ...{ channels, height, width },
  data: new Float64Array(channels * height * width),
});

/** Calls a function with each place, in PyTorch's order. */
export const each = (
  { channels, height, width }: Features,
  f: (c: number, y: number, x: number, place: number) => void,
) => {
  let place = 0;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) f(c, y, x, place++);
    }
  }
};

/** `Conv2d` without a bias; a filter [O, I, k, k]. */
function conv(
  input: Features,
  { shape: [outputs, inputs, size], data: filter }: Weights,
  { stride, padding }: { stride: number; padding: number },
): Features {
  const side = (length: number) =>
    Math.floor((length + 2 * padding - size) / stride) + 1;
  const output = features(outputs, side(input.height), side(input.width));
  each(output, (o, y, x, place) => {
    for (let i = 0; i < inputs; i++) {
      for (let ky = 0; ky < size; ky++) {
        for (let kx = 0; kx < size; kx++) {
          const [row, column] = [
            stride * y + ky - padding,
            stride * x + kx - padding,
          ];
          if (row < 0 || row >= input.height) continue;
          if (column < 0 || column >= input.width) continue;
          output.data[place] +=
            input.data[(i * input.height + row) * input.width + column] *
            filter[((o * inputs + i) * size + ky) * size + kx];
        }
      }
    }
  });
  return output;
}

/** `ConvTranspose2d`, stride 2, output_padding 1; a filter [I, O, k, k]. */
function transposedConv(
  input: Features,
  { shape: [, outputs, size], data: filter }: Weights,
  padding: number,
): Features {
  const side = (length: number) => 2 * (length - 1) - 2 * padding + size + 1;
  const output = features(outputs, side(input.height), side(input.width));
  each(input, (i, y, x, place) => {
    for (let o = 0; o < outputs; o++) {
      for (let ky = 0; ky < size; ky++) {
        for (let kx = 0; kx < size; kx++) {
          const [row, column] = [2 * y + ky - padding, 2 * x + kx - padding];
          if (row < 0 || row >= output.height) continue;
          if (column < 0 || column >= output.width) continue;
          output.data[(o * output.height + row) * output.width + column] +=
            input.data[place] *
            filter[((i * outputs + o) * size + ky) * size + kx];
        }
      }
    }
  });
  return output;
}

const leaky = (value: number) => value > 0 ? value : 0.01 * value;

interface Weights {
  shape: readonly number[];
  data: Float32Array;
}

/**
 * The paper's model in evaluation mode on PyTorch's arrays, in plain loops, layer
 * by layer as PyTorch has it.
 */
export function forward(weights: StateDict, image: Features): Features {
  const get = (name: string) => weights.get(name)! as Weights;
  /** `BatchNorm2d`, or `BatchNorm1d` of a list: `size` numbers a channel. */
  const norm = (data: Float64Array, name: string, size: number) =>
    data.map((value, place) => {
      const at = (part: string) =>
        get(`${name}.${part}`).data[Math.floor(place / size)];
      return (value - at("running_mean")) /
          Math.sqrt(at("running_var") + 1e-5) *
          at("weight") + at("bias");
    });
  const normed = (maps: Features, name: string): Features => ({
    ...maps,
    data: norm(maps.data, name, maps.height * maps.width),
  });
  const linear = (input: Float64Array, name: string) => {
    const { shape: [outputs, inputs], data } = get(`${name}.weight`);
    const bias = get(`${name}.bias`).data;
    return Float64Array.from({ length: outputs }, (_, o) => {
      let sum = bias[o];
      for (let i = 0; i < inputs; i++) sum += data[o * inputs + i] * input[i];
      return sum;
    });
  };
  const block = (input: Features, name: string, isUp: boolean): Features => {
    const filter = (part: string) => get(`${name}.${part}.weight`);
    const resample = (part: string, padding: number) =>
      isUp
        ? transposedConv(input, filter(part), padding)
        : conv(input, filter(part), { stride: 2, padding });
    const first = normed(resample("conv1a", isUp ? 2 : 1), `${name}.bn1a`);
    const hidden = { ...first, data: first.data.map(leaky) };
    const a = normed(
      conv(hidden, filter("conv1b"), { stride: 1, padding: 1 }),
      `${name}.bn1b`,
    );
    const b = normed(resample("conv2a", 0), `${name}.bn2a`);
    return { ...a, data: a.data.map((value, i) => leaky(value + b.data[i])) };
  };
  const dense = (input: Float64Array, name: string, bn: string) =>
    norm(linear(input, name), bn, 1).map(leaky);

  const half = block(image, "encoder.conv.0", false);
  const quarter = block(half, "encoder.conv.1", false);
  const hidden = dense(quarter.data, "encoder.fc.0", "encoder.fc.1");
  const code = linear(hidden, "encoder.fc.3")
    .map((value) => 1 / (1 + Math.exp(-value)));
  const again = dense(code, "decoder.fc.0", "decoder.fc.1");
  const maps = {
    ...quarter,
    data: dense(again, "decoder.fc.3", "decoder.fc.4"),
  };
  const doubled = block(maps, "decoder.conv.0", true);
  return conv(
    block(doubled, "decoder.conv.1", true),
    get("decoder.conv.2.weight"),
    { stride: 1, padding: 0 },
  );
}
