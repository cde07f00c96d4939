import {
  type CheckedFile,
  checkFile,
  loadCheckedFile,
} from "../support/checked_file.ts";
import type { StateDict } from "../weights/state_dict.ts";
import { readWeights } from "./read_weights.ts";

/** The authors' repository, at the commit of everything that is taken from it. */
export const AUTHORS_REPOSITORY =
  "https://github.com/PatrickFeeney/autoencoder-saliency/raw/1f4ceb8/";

/**
 * The authors' weights. Their repository states no licence, so the file is
 * downloaded, never part of this project.
 */
const AUTHORS_WEIGHTS: CheckedFile = {
  what: "the authors' weights",
  url: AUTHORS_REPOSITORY +
    "models/LSA_mnist_no_est_class_0_1_2_3_4/500_lr_1e-2/LSA_mnist_no_est_500.pt",
  sha256: "995ba3592f6ace57d9d9dbd186d067f33da3d645b311c76e45c639900c4771cf",
  cached: new URL(
    "../../data/cache/LSA_mnist_no_est_500.pt",
    import.meta.url,
  ),
  copies: [
    new URL(
      "../../../shared/authors/LSA_mnist_no_est_500.march.pt",
      import.meta.url,
    ),
  ],
};

/**
 * The weights behind the paper's figures, as the authors published them: from
 * data/cache, else downloaded to there (2.3 MB, pinned commit). Their SHA-256
 * is checked.
 *
 * @throws {UnavailableFileError} when they cannot be had, saying where to get
 * them, or when the file is another one
 */
export async function loadAuthorsWeights(): Promise<StateDict> {
  return readWeights(await loadCheckedFile(AUTHORS_WEIGHTS));
}

/**
 * The authors' weights from a copy of their file.
 *
 * @param bytes of the copy
 * @param source what errors call it
 * @throws {UnavailableFileError} when it is another file
 */
export async function readAuthorsWeights(
  bytes: Uint8Array<ArrayBuffer>,
  source: string,
): Promise<StateDict> {
  return readWeights(await checkFile(bytes, AUTHORS_WEIGHTS, source));
}
