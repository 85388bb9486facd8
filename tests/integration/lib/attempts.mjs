// Runs test files side by side, and those that fail once more, alone. Servers, browsers and clocks run in real time,
// so on a machine that stands still for seconds one of hundreds of tests may wait too long. Whoever fails twice fails;
// who passes on the second attempt is named, with the reason of the first one, in a line that begins with SECOND.
import { once, setMaxListeners } from 'node:events';
import { run } from 'node:test';
import { relative } from 'node:path';
import { noTotals, summary, tell } from './reporter.mjs';

const MOST = 2; // more files than that do not fail by chance

/** Runs files, and returns their totals. */
async function attempt(files, concurrency, signal) {
  const totals = noTotals();
  for await (const text of tell(run({ files, concurrency, signal }), totals)) {
    if (!process.stdout.write(text)) {
      await once(process.stdout, 'drain');
    }
  }
  return totals;
}

/** What remains of the totals without some files. */
function without(totals, files) {
  return {
    counts: new Map([...totals.counts].filter(([file]) => !files.includes(file))),
    failures: totals.failures.filter(({ file }) => !files.includes(file)),
  };
}

function joined(some, others) {
  return { counts: new Map([...some.counts, ...others.counts]), failures: [...some.failures, ...others.failures] };
}

/** Runs files and sets the exit code: 1 when a test failed twice, or a signal ended the run. */
export async function runTwice(files, concurrency) {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // each file adds some
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      process.exitCode = 1;
      stop.abort();
    });
  }
  let totals = await attempt(files, concurrency, stop.signal);
  const failed = [...new Set(totals.failures.map(({ file }) => file))];
  if (failed.length > 0 && failed.length <= MOST && !stop.signal.aborted) {
    const reasons = totals.failures.map(({ text }) => text);
    console.log(`again, alone: ${failed.map((file) => relative(process.cwd(), file)).join(', ')}`);
    totals = joined(without(totals, failed), await attempt(failed, 1, stop.signal));
    reasons.forEach((reason) => process.stdout.write(`SECOND  attempt, because of the first: ${reason}`));
  }
  process.stdout.write(summary(totals));
  if (totals.failures.length > 0) {
    process.exitCode = 1;
  }
}
