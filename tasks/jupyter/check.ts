/** A notebook as its file holds it. */
export interface Notebook {
  cells: {
    cell_type: string;
    source: string | string[];
    execution_count?: number | null;
    outputs?: Output[];
  }[];
}

interface Output {
  output_type: string;
  data?: Record<string, unknown>;
  text?: string | string[];
  ename?: string;
}

const MACHINE_PATHS = /(?:\/(?:home|root|tmp|work|Users)\/|[A-Z]:\\\\)/;
const CHART = "application/vnd.vegalite.v5+json";
const PICTURES = ["image/png", "image/svg+xml"];

const textOf = (text: string | string[] = "") => [text].flat().join("");

/** The statements of a cell that call a show function, in their first words. */
export function showCalls(source: string | string[]): string[] {
  return textOf(source).match(/^\s*(await )?show[A-Z]\w*\(/gm) ?? [];
}

/**
 * What is wrong with a notebook as it would be committed.
 *
 * @param notebook with its outputs
 * @returns one sentence a fault; none for a good one
 */
export function notebookFaults(notebook: Notebook): string[] {
  const code = notebook.cells.filter(({ cell_type }) => cell_type === "code");
  const faults = code.flatMap(
    ({ source, execution_count, outputs = [] }, i) => {
      const cell = `code cell ${i + 1}`;
      const written = JSON.stringify(outputs);
      return [
        !execution_count && `${cell} was not run`,
        outputs.some(({ output_type }) => output_type === "error") &&
        `${cell} ended in an error`,
        outputs.length === 0 && showCalls(source).length > 0 &&
        `${cell} shows something and has no output`,
        showCalls(source).some((call) => !call.includes("await")) &&
        `${cell} does not wait for what it shows`,
        MACHINE_PATHS.test(written) && `${cell} shows a path of a machine`,
        outputs.some(({ data = {} }) =>
          CHART in data && !PICTURES.some((type) => type in data)
        ) && `${cell} has a chart without a picture beside it`,
      ];
    },
  );
  const all = code.some(({ outputs = [] }) => outputs.length > 0)
    ? faults
    : [...faults, "no cell has an output"];
  return all.filter((fault) => typeof fault === "string");
}
