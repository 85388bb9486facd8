// Prints failures with their reasons, and at the end the totals: `N passed, N failed, N skipped`.

function describe(error) {
  const cause = error?.cause ?? error;
  return String(cause?.stack ?? cause).replaceAll(/^/gm, '    ');
}

export default async function* report(source) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of source) {
    const wrapper = data?.details?.type === 'suite' || (data?.nesting === 0 && data?.name === data?.file);
    if (type === 'test:pass' && !wrapper) {
      totals[data.skip !== undefined || data.todo !== undefined ? 'skipped' : 'passed']++;
      yield `ok      ${'  '.repeat(data.nesting)}${data.name} (${Math.round(data.details.duration_ms)} ms)\n`;
    } else if (type === 'test:fail' && (!wrapper || data.details.error?.failureType !== 'subtestsFailed')) {
      totals.failed++;
      yield `FAILED  ${data.name} (${data.file}:${data.line})\n${describe(data.details.error)}\n`;
    } else if (type === 'test:diagnostic' && /asynchronous activity/.test(data.message)) {
      yield `    > ${data.message}\n`; // why a file fails whose tests have all passed
    } else if (type === 'test:stderr' || type === 'test:stdout') {
      yield data.message.replaceAll(/^(?=.)/gm, '    > ');
    }
  }
  yield `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`;
}
