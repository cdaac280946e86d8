import { startRedis } from "@azidentity/examples/web-service/redis-server.js";
import { atMost } from "../asked.js";
import { runMeasure } from "../run-measure.js";

const SIZES = [1, 100, 10_000, 100_000];
const MOST = SIZES.at(-1);

export const row = {
	title: "users in Redis: the first touch in a process, and a hit",
	how: "`getToken` on behalf of users whose tokens lie in Redis among so many users. First touch: the median of 500 in a process that has not seen them, less the median round trip of the same client for the same documents, in turns; what is left is the credential, unsealing and finding. A hit is the next one, with 100,000 users in Redis, in a process that has seen 500 of them, and the same without Redis, in turns: the best of ten runs.",
	unit: "µs",
	subjects: ["azidentity"],
	turns: { full: 1, quick: 1 },
	columns: [
		...SIZES.map((size) => ({
			key: `touch-${size}`,
			title: `first touch, 1 of ${size.toLocaleString("en")}`,
		})),
		{ key: "trip", title: "the round trip alone" },
		{ key: "hit", title: "hit, with Redis" },
		{ key: "bare", title: "hit, without" },
	],
	asked: [
		atMost(1_000, "1 ms beyond the round trip", {
			...{ column: `touch-${MOST}`, title: "first touch, 100,000 users" },
		}),
		{
			...{ column: `touch-${MOST}`, title: "first touch, 100,000 users" },
			text: "at most twice that of 1 user",
			isReached: ({ ours, median }) =>
				ours <= 2 * median("azidentity", "touch-1"),
		},
		{
			...{ column: "hit", title: "hit, 100,000 users in Redis" },
			text: "as fast as without Redis, within a quarter",
			isReached: ({ ours, median }) =>
				ours <= 1.25 * median("azidentity", "bare"),
		},
	],
	async measure() {
		const figures = {};
		for (const size of SIZES) {
			const found = await among(size);
			figures[`touch-${size}`] = found.touch - found.trip;
			// Those among the most are the last, and stay.
			Object.assign(figures, {
				trip: found.trip,
				hit: found.hit,
				bare: found.bare,
			});
		}
		return figures;
	},
};

async function among(size) {
	const redis = await startRedis();
	try {
		return await runMeasure("redis-users", [size], { url: redis.url });
	} finally {
		await redis.close();
	}
}
