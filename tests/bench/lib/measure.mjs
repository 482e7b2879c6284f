/** Repetitions in turn, within a limit of time; what fails is noted and left out. */

/** All that a run of the benchmark gathers. */
export class Notebook {
  constructor(limitMs) {
    this.started = performance.now();
    this.limitMs = limitMs;
    /** Every repetition: `{ section, system, repetition, request, … }`. */
    this.runs = [];
    /** What could not be measured, and why. */
    this.missing = [];
    /** Facts about loaded models: `{ section, system, … }`. */
    this.loads = [];
  }

  left() {
    return this.limitMs - (performance.now() - this.started);
  }

  miss(what, reason) {
    this.missing.push({ what, reason });
    console.error(`bench: ${what}: ${reason}`);
  }

  add(run) {
    this.runs.push(run);
    const { section, system, repetition, request, prompt, tokens, prefill, decode, score } = run;
    const times = [
      run.ready !== undefined ? `ready ${(run.ready / 1000).toFixed(1)} s` : "",
      prefill ? `prefill ${((prompt * 1000) / prefill).toFixed(1)}/s` : "",
      decode && tokens > 1 ? `decode ${(((tokens - 1) * 1000) / decode).toFixed(1)}/s` : "",
      run.methods?.length ? `scores ${(score / 1000).toFixed(2)} s` : "",
    ];
    console.error(
      `bench: ${section} ${repetition + 1}, ${system}, ${request}: ${times.filter(Boolean).join(", ") || "done"}`,
    );
  }
}

/** A message without the stack that the browser's automation adds. */
export function reason(error) {
  return String(error?.message ?? error).split("\n")[0];
}

/**
 * Lets the systems take turns, `repetitions` times, the order turned round every time so that neither always profits
 * from the other's warm machine. A system that fails is out; the first repetition always runs.
 */
export async function interleave(notebook, section, systems, repetitions, once) {
  let running = [...systems];
  let longest = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    if (repetition > 0 && notebook.left() < longest) {
      notebook.miss(section, `only ${repetition} of ${repetitions} repetitions fit into the time`);
      return;
    }
    const began = performance.now();
    for (const system of repetition % 2 === 0 ? running : running.toReversed()) {
      try {
        await once(system, repetition);
      } catch (error) {
        notebook.miss(`${section}, ${system.name}`, reason(error));
        running = running.filter((other) => other !== system);
      }
    }
    longest = Math.max(longest, performance.now() - began);
  }
}
