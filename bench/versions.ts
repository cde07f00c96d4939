/** The version of TensorFlow's library that the bench runs on. Prints JSON. */
import { tf } from "../lib/tensor/tensorflow.ts";

const { binding } = tf.backend() as unknown as {
  binding: { TF_Version: string };
};
console.log(JSON.stringify({ tensorflow: binding.TF_Version }));
