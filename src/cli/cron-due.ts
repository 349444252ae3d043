/** Whether a cron expression is due in the minute of `at` (UTC). Reads stars, star steps and numbers; Sunday is 1. */
export function cronDue(expression: string, at: Date): boolean {
  const now = [
    at.getUTCMinutes(),
    at.getUTCHours(),
    at.getUTCDate(),
    at.getUTCMonth() + 1,
    at.getUTCDay() + 1,
  ];
  return expression.split(" ").every((field, index) => matches(field, now[index] ?? 0));
}

function matches(field: string, value: number): boolean {
  if (field === "*") return true;
  const step = /^\*\/(\d+)$/.exec(field)?.[1];
  return step === undefined ? Number(field) === value : value % Number(step) === 0;
}
