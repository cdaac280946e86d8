/** No token lives longer than ten years; a larger number is a mistake, and would overflow elsewhere. */
const LONGEST_LIFETIME_MS = 10 * 365 * 24 * 3_600_000;

/** `2030-01-31T12:34:56.789Z`: T or a blank, fraction and zone or not, and AM or PM. */
const YEAR_FIRST =
	/^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})[T ](?<time>.+)$/i;
/** `1/31/2030 12:34:56 PM +00:00` */
const MONTH_FIRST =
	/^(?<month>\d{1,2})\/(?<day>\d{1,2})\/(?<year>\d{4}) (?<time>.+)$/;
const TIME =
	/^(?<hour>\d{1,2}):(?<minute>\d\d):(?<second>\d\d)(?<fraction>\.\d{1,9})?(?: ?(?<half>[AP]M))?(?: ?(?<zone>Z|[+-]\d\d:?\d\d))?$/i;

/**
 * When a token ends, in milliseconds since 1970; undefined when the host does not say it in any form
 * that is known. `expires_on` comes first: epoch seconds as number or digits, or a date, which is UTC
 * unless it has a zone. Only where it is missing, `expires_in` counts, from when the request set out.
 */
export function expiryOf(
	document: Readonly<Record<string, unknown>>,
	sentAt: number,
): number | undefined {
	const { expires_on, expires_in } = document;
	const latest = sentAt + LONGEST_LIFETIME_MS;
	const end = isMissing(expires_on)
		? after(sentAt, secondsOf(expires_in))
		: (after(0, secondsOf(expires_on)) ?? dateOf(expires_on));
	return end === undefined ? undefined : Math.min(end, latest);
}

/** A count of seconds, as a number or as digits. */
export function secondsOf(value: unknown): number | undefined {
	if (typeof value === "number")
		return Number.isFinite(value) && value >= 0 ? value : undefined;
	if (typeof value !== "string") return undefined;
	return /^\s*\d{1,15}(\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
}

function isMissing(value: unknown): boolean {
	if (typeof value === "string") return value.trim() === "";
	return value === undefined || value === null;
}

function after(start: number, seconds: number | undefined): number | undefined {
	return seconds === undefined ? undefined : start + seconds * 1_000;
}

function dateOf(value: unknown): number | undefined {
	if (typeof value !== "string") return undefined;
	const text = value.trim();
	const date = (YEAR_FIRST.exec(text) ?? MONTH_FIRST.exec(text))?.groups;
	const time = TIME.exec(date?.time ?? "")?.groups;
	if (date === undefined || time === undefined) return undefined;
	const hour = hourOf(Number(time.hour), time.half);
	const [year, month, day] = [date.year, date.month, date.day].map(Number);
	const [minute, second] = [Number(time.minute), Number(time.second)];
	if (hour === undefined || minute > 59 || second > 60) return undefined;
	const midnight = midnightOf(year ?? 0, month ?? 0, day ?? 0);
	if (midnight === undefined) return undefined;
	const seconds = (hour * 60 + minute) * 60 + second;
	const fraction = Math.floor(Number(`0${time.fraction ?? ""}`) * 1_000);
	return midnight + seconds * 1_000 + fraction - offsetOf(time.zone);
}

/** The day's beginning in UTC; undefined for one that no calendar has, which would count as another. */
function midnightOf(year: number, month: number, day: number) {
	const midnight = Date.UTC(year, month - 1, day);
	const date = new Date(midnight);
	const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
	return isReal ? midnight : undefined;
}

function hourOf(hour: number, half: string | undefined): number | undefined {
	if (half === undefined) return hour > 23 ? undefined : hour;
	if (hour < 1 || hour > 12) return undefined;
	return (hour % 12) + (half.toUpperCase() === "PM" ? 12 : 0);
}

/** How far ahead of UTC a zone is, in milliseconds. */
function offsetOf(zone: string | undefined): number {
	const digits = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? "");
	if (digits === null) return 0;
	const minutes = Number(digits[2]) * 60 + Number(digits[3]);
	return (digits[1] === "-" ? -minutes : minutes) * 60_000;
}
