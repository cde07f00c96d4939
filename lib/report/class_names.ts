/**
 * Classes by name where they have names, else by number.
 *
 * @param labels of the classes
 * @param classes names of all classes, default: their numbers
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(classNames([0, 2], ["good", "dent", "hole"]), "good, hole");
 * assertEquals(classNames([0, 2]), "0, 2");
 * ```
 */
export function classNames(
  labels: readonly number[],
  classes: readonly string[] = [],
): string {
  return labels.map((label) => classes[label] ?? label).join(", ");
}
