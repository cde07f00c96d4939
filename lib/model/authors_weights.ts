import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { sha256 } from "../support/sha256.ts";
import { type StateDict, WeightsError } from "../weights/state_dict.ts";
import { readWeights } from "./read_weights.ts";

/**
 * The authors' weights. Their repository states no licence, so the file is
 * downloaded, never part of this project.
 */
const AUTHORS = {
  url: "https://github.com/PatrickFeeney/autoencoder-saliency/raw/1f4ceb8/" +
    "models/LSA_mnist_no_est_class_0_1_2_3_4/500_lr_1e-2/LSA_mnist_no_est_500.pt",
  sha256: "995ba3592f6ace57d9d9dbd186d067f33da3d645b311c76e45c639900c4771cf",
};

const CACHED = new URL(
  "../../data/cache/LSA_mnist_no_est_500.pt",
  import.meta.url,
);

/** Where a copy may lie beside the project. */
const BESIDE = new URL(
  "../../../shared/authors/LSA_mnist_no_est_500.march.pt",
  import.meta.url,
);

const SECONDS_TO_DOWNLOAD = 60;

/**
 * The weights behind the paper's figures, as the authors published them: from
 * data/cache, else downloaded to there (2.3 MB, pinned commit). Their SHA-256
 * is checked.
 *
 * @throws {WeightsError} when they cannot be had, saying where to get them, or
 * when the file is another one
 */
export async function loadAuthorsWeights(): Promise<StateDict> {
  for (const url of [CACHED, BESIDE]) {
    const bytes = await readFile(url).catch(() => undefined);
    if (bytes) return await check(new Uint8Array(bytes), fileURLToPath(url));
  }
  const bytes = await download();
  const weights = await check(bytes, AUTHORS.url);
  await mkdir(new URL(".", CACHED), { recursive: true });
  await writeFile(CACHED, bytes);
  return weights;
}

async function check(
  bytes: Uint8Array<ArrayBuffer>,
  source: string,
): Promise<StateDict> {
  if (await sha256(bytes) === AUTHORS.sha256) return readWeights(bytes);
  throw new WeightsError(
    `${source} is not the authors' file (its SHA-256 is not ${
      AUTHORS.sha256.slice(0, 8)
    }…)`,
  );
}

async function download(): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const response = await fetch(AUTHORS.url, {
      signal: AbortSignal.timeout(1000 * SECONDS_TO_DOWNLOAD),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch {
    throw new WeightsError(
      "the authors' weights could not be downloaded: fetch " +
        `${AUTHORS.url} where you can and put it at ${fileURLToPath(CACHED)}`,
    );
  }
}
