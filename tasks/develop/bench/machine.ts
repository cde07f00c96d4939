/** Which machine and which versions the bench ran on. */
import os from "node:os";
import config from "../../../deno.json" with { type: "json" };
import { CORES, denoRun, printed } from "./processes.ts";
import { PACKAGES, torchVersion } from "./pytorch.ts";

/** @param peer whether PyTorch is there */
export async function describeMachine({ peer }: { peer: boolean }) {
  return {
    processor: os.cpus()[0].model,
    cores: CORES,
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    system: `${os.type()} ${os.release()}`,
    versions: {
      ...await denoRun("bench/versions.ts"),
      "tfjs-node": config.imports["@tensorflow/tfjs-node"],
      deno: Deno.version.deno,
      node: await printed("node", ["--version"]).catch(() => "none"),
      ...peer && { torch: await torchVersion(), packages: PACKAGES },
    },
  };
}
