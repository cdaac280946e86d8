// Compares two texts line by line.

/** The lines of only one of two texts, marked `+` for the new one. */
export function changedLines(before, after) {
	const [old, now] = [before.split("\n"), after.split("\n")];
	const found = [
		...old.filter((line) => !now.includes(line)).map((line) => `  - ${line}`),
		...now.filter((line) => !old.includes(line)).map((line) => `  + ${line}`),
	];
	return found.length > 0 || before === after
		? found
		: ["  (the same lines in another order or number)"];
}
