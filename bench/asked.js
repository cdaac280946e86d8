// What issues ask of a figure. `isReached` is told the median of ours, of today's, and of any other figure of the row; it
// returns undefined where today's was to be measured beside it and could not.

/** A ratio to today's package, which the summary's plot marks. */
export const timesLess = (times, more = {}) => ({
	times,
	text: `at most 1/${times.toLocaleString("en")} of @azure/identity's`,
	isReached: ({ ours, today }) =>
		today === undefined ? undefined : today / ours >= times,
	...more,
});

/** A limit, in the row's unit. */
export const atMost = (limit, text, more = {}) => ({
	text: `at most ${text}`,
	isReached: ({ ours }) => ours <= limit,
	...more,
});

export const exactly = (count, text, more = {}) => ({
	text,
	isReached: ({ ours }) => ours === count,
	...more,
});

export const less = {
	text: "less",
	isReached: ({ ours, today }) =>
		today === undefined ? undefined : ours < today,
};

export const forComparison = (more = {}) => ({
	text: "for comparison",
	isReached: () => true,
	...more,
});
