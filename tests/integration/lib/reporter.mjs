// Prints failures with their reasons, all of them once more at the end, and then the totals:
// `N passed, N failed, N skipped`.

function describe(error) {
  const cause = error?.cause ?? error;
  return String(cause?.stack ?? cause).replaceAll(/^/gm, '    ');
}

/** Whether an event tells of a file or a suite, whose tests have told of themselves. */
function wraps(data) {
  return data?.details?.type === 'suite' || (data?.nesting === 0 && data?.name === data?.file);
}

function failure(data) {
  return `FAILED  ${data.name} (${data.file}:${data.line})\n${describe(data.details.error)}\n`;
}

/**
 * Turns the events of tests into text, without totals.
 *
 * @param totals of noTotals(); `counts` gets what passed and what was skipped, by file, `failures` each failure
 */
export async function* tell(source, totals) {
  for await (const { type, data } of source) {
    if (type === 'test:pass' && !wraps(data)) {
      count(totals, data);
      yield `ok      ${'  '.repeat(data.nesting)}${data.name} (${Math.round(data.details.duration_ms)} ms)\n`;
    } else if (type === 'test:fail' && (!wraps(data) || data.details.error?.failureType !== 'subtestsFailed')) {
      totals.failures.push({ file: data.file, text: failure(data) });
      yield failure(data);
    } else if (type === 'test:diagnostic' && /asynchronous activity/.test(data.message)) {
      yield `    > ${data.message}\n`; // why a file fails whose tests have all passed
    } else if (type === 'test:stderr' || type === 'test:stdout') {
      yield data.message.replaceAll(/^(?=.)/gm, '    > ');
    }
  }
}

function count({ counts }, { file, skip, todo }) {
  const own = counts.get(file) ?? { passed: 0, skipped: 0 };
  own[skip !== undefined || todo !== undefined ? 'skipped' : 'passed']++;
  counts.set(file, own);
}

/** The end of what is printed: the failures, and the totals. */
export function summary({ counts, failures }) {
  const sum = (name) => [...counts.values()].reduce((total, own) => total + own[name], 0);
  const texts = failures.map(({ text }) => text).join('');
  return `${texts}${sum('passed')} passed, ${failures.length} failed, ${sum('skipped')} skipped\n`;
}

export function noTotals() {
  return { counts: new Map(), failures: [] };
}

export default async function* report(source) {
  const totals = noTotals();
  yield* tell(source, totals);
  yield summary(totals);
}
