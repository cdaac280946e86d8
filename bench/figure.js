// Figures as people read them: three digits, in the unit that suits.

const SCALES = {
	time: [
		[1e-6, "ns"],
		[1e-3, "µs"],
		[1, "ms"],
		[1_000, "s"],
	],
	bytes: [
		[1, "bytes"],
		[1e3, "kB"],
		[1e6, "MB"],
		[1e9, "GB"],
	],
};
/** What a unit is in its scale's own: milliseconds, or bytes. */
const UNITS = { µs: ["time", 1e-3], ms: ["time", 1], bytes: ["bytes", 1] };

export const isCounted = (unit) => !Object.hasOwn(UNITS, unit);

/** A figure with its unit. Counts have the unit's word in the singular where they are one. */
export function figureText(value, unit) {
	if (isCounted(unit)) return countText(value, unit);
	const [scale, size] = UNITS[unit];
	if (value === 0) return `0 ${unit}`;
	const inOwn = value * size;
	const [step, name] =
		SCALES[scale].findLast(([from]) => Math.abs(inOwn) >= from) ??
		SCALES[scale][0];
	return `${digits(inOwn / step)} ${name}`;
}

function countText(value, unit) {
	if (unit === "") return digits(value);
	return `${digits(value)} ${value === 1 ? unit.replace(/s$/, "") : unit}`;
}

/** Three digits say all there is to know. */
export function digits(value) {
	return Number(value.toPrecision(3)).toLocaleString("en", {
		maximumFractionDigits: 3,
	});
}
