import { assertEquals, assertStringIncludes } from "@std/assert";
import { output as outputOf } from "../../tasks/support/process.ts";
import { ROOT } from "./run.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Runs commands where mounts are private; not every system allows it. */
const inPrivateMounts = (script: string) =>
  new Deno.Command("unshare", { args: [...PRIVATE_MOUNTS, script], cwd: ROOT });
const PRIVATE_MOUNTS = ["--map-root-user", "--mount", "bash", "-ec"];

const { code } = await outputOf("unshare", [
  ...PRIVATE_MOUNTS,
  "mount -t tmpfs tmpfs /mnt",
]);
const allowed = code === 0;

Deno.test({
  name:
    "a full disk ends training with one sentence; the checkpoint before is good and goes on to the same bits",
  ignore: !allowed,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const train = (out: string) =>
      `'${Deno.execPath()}' run -qA --no-check tasks/train.ts --model dense --data mnist` +
      ` --normal 1 --seed 4 --epochs 3 --resume --out ${out}`;
    // Room for one checkpoint, of 5 MB, and not for two.
    const { stdout, stderr } = await inPrivateMounts(`
      mkdir ${folder}/small
      mount -t tmpfs -o size=8m tmpfs ${folder}/small
      ${train(`${folder}/small`)} && exit 1 || echo "exit code $?"
      ls ${folder}/small
      mount -o remount,size=30m ${folder}/small
      ${train(`${folder}/small`)}
      cp ${folder}/small/weights.safetensors ${folder}/resumed
      ${train(`${folder}/whole`)}
    `).output();
    const [errors, output] = [text(stderr), text(stdout)];
    assertStringIncludes(
      errors,
      "checkpoint.safetensors could not be written (no space left on device",
    );
    assertStringIncludes(output, "exit code 1\ncheckpoint");
    assertEquals(output.includes(".partial"), false);
    assertStringIncludes(errors, "going on after epoch 1");
    assertEquals(
      await Deno.readFile(`${folder}/resumed`),
      await Deno.readFile(`${folder}/whole/weights.safetensors`),
    );
    await Deno.remove(folder, { recursive: true });
  },
});
