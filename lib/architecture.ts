import { autoencoder, ENTRIES, entryOf, type Layers } from "./autoencoder.ts";
import { sizeOf } from "./state_dict.ts";
import { type Tensor2D, type Tensor4D, tf } from "./tensorflow.ts";

/** One layer of the model. */
export interface LayerRow {
  /** Name of its weights, as in PyTorch's state dict. */
  name: string;
  /** For instance "convolution 3×3, stride 2". */
  kind: string;
  /** Height, width and channels of what it gives, or its number of features. */
  output: number[];
  /** Trained numbers, those of its batch norm included. */
  parameters: number;
}

/**
 * The layers of the autoencoder (Section 3.2) in the order in which an image
 * meets them; a block's shortcut comes after its two convolutions.
 *
 * @returns one row a layer
 *
 * @example The code between encoder and decoder has 64 numbers
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const code = layerRows().find(({ name }) => name === "encoder.fc.3")!;
 * assertEquals(code.output, [64]);
 * ```
 */
export function layerRows(): LayerRow[] {
  const rows: LayerRow[] = [];
  tf.tidy(() => {
    const note = (row: LayerRow) => void rows.push(row);
    autoencoder(tf.zeros([1, 28, 28, 1]), tracingLayers(note));
  });
  return rows;
}

/** Layers that compute no numbers, only shapes. */
function tracingLayers(note: (row: LayerRow) => void): Layers {
  const image = (
    kind: string,
    names: { conv: string; norm?: string },
    output: [number, number, number],
    stride: number,
  ) => {
    const { conv: name, norm } = names;
    const size = entryOf(`${name}.weight`).shape[2];
    note({
      name,
      kind: `${kind} ${size}×${size}` +
        (stride > 1 ? `, stride ${stride}` : "") +
        (norm ? ", batch norm" : ""),
      output,
      parameters: parametersOf(name, norm),
    });
    return tf.zeros([1, ...output]) as Tensor4D;
  };
  return {
    conv(x, names, { stride }) {
      const outputs = entryOf(`${names.conv}.weight`).shape[0];
      const [, height, width] = x.shape;
      return image(
        "convolution",
        names,
        [height / stride, width / stride, outputs],
        stride,
      );
    },
    transposedConv(x, names, { stride }) {
      const outputs = entryOf(`${names.conv}.weight`).shape[1];
      const [, height, width] = x.shape;
      return image(
        "transposed convolution",
        names,
        [height * stride, width * stride, outputs],
        stride,
      );
    },
    linear(_x, { linear, norm }) {
      const [outputs] = entryOf(`${linear}.weight`).shape;
      note({
        name: linear,
        kind: "dense" + (norm ? ", batch norm" : ""),
        output: [outputs],
        parameters: parametersOf(linear, norm),
      });
      return tf.zeros([1, outputs]) as Tensor2D;
    },
  };
}

function parametersOf(layer: string, norm?: string): number {
  return ENTRIES
    .filter(({ name, kind }) =>
      kind === "parameter" &&
      [layer, norm].includes(name.slice(0, name.lastIndexOf(".")))
    )
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
